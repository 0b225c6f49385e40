/** What people, sessions, runners and time do, as steps that any world can play. Numbers choose among what is there. */
import fc from 'fast-check';

export type Step =
  | { readonly do: 'create'; readonly runner: number }
  | { readonly do: 'spawn'; readonly by: number; readonly runner: number }
  | { readonly do: 'state'; readonly by: number; readonly state: 'starting' | 'running' | 'idle' | 'asleep' }
  | { readonly do: 'ask'; readonly by: number; readonly type: AskType; readonly patienceMs: number | undefined }
  | { readonly do: 'answer' | 'escalate' | 'withdraw'; readonly by: number; readonly trigger: number }
  | { readonly do: 'tell'; readonly by: number; readonly to: number }
  | { readonly do: 'consume'; readonly by: number }
  | { readonly do: 'end'; readonly by: number; readonly outcome: 'completed' | 'failed'; readonly resumable: boolean }
  | { readonly do: 'personAnswers' | 'personEscalates'; readonly trigger: number }
  | { readonly do: 'prompt' | 'delete' | 'deliver'; readonly session: number }
  | { readonly do: 'stop'; readonly session: number; readonly tree: boolean }
  | { readonly do: 'leave' | 'return' | 'forget'; readonly runner: number }
  | { readonly do: 'wait'; readonly ms: number };

export type AskType = 'ask_user_question' | 'plan_review' | 'permission_request';

export const RUNNERS = 2;

/** Small, so that sequences of some dozen steps meet them. */
export const LIMITS = { maxDepth: 2, maxLiveChildren: 2, maxLiveInTree: 4, spawnsPerMinute: 4 };
export const TIMES = { escalateAfterMs: 300_000, unansweredAfterMs: 900_000, triggerExpiryMs: 7_200_000 };
export const RULES = { tree: LIMITS, times: TIMES };

const runner = fc.nat({ max: RUNNERS - 1 });
/** Recent things are chosen more often: negative numbers count from the end. */
const choice = fc.oneof(
  { weight: 2, arbitrary: fc.integer({ min: -4, max: -1 }) },
  { weight: 3, arbitrary: fc.nat({ max: 11 }) },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('create' as const), runner }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('spawn' as const), by: choice, runner }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('state' as const),
      by: choice,
      state: fc.constantFrom('starting' as const, 'running' as const, 'idle' as const, 'asleep' as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      by: choice,
      type: fc.constantFrom<AskType>('ask_user_question', 'plan_review', 'permission_request'),
      patienceMs: fc.constantFrom(undefined, undefined, 0, 60_000, 1_000_000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('answer' as const, 'escalate' as const, 'withdraw' as const),
      by: choice,
      trigger: choice,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('tell' as const), by: choice, to: choice }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('consume' as const), by: choice }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      by: choice,
      outcome: fc.constantFrom('completed' as const, 'failed' as const),
      resumable: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('personAnswers' as const, 'personEscalates' as const),
      trigger: choice,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('prompt' as const, 'delete' as const, 'deliver' as const),
      session: choice,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('stop' as const), session: choice, tree: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('leave' as const, 'return' as const, 'forget' as const), runner }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 70_000, 400_000, 8_000_000) }),
  },
);

export const steps = (max: number): fc.Arbitrary<Step[]> =>
  fc.array(step, { minLength: 1, maxLength: max, size: 'max' });
