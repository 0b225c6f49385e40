/** The words of the product that records, wire and screens share, as closed sets. */
import { z } from 'zod';
import { LIMITS } from './limits.ts';

export const SessionKind = z.enum(['agent', 'command', 'task']);
export type SessionKind = z.infer<typeof SessionKind>;

export const SESSION_STATES = ['queued', 'starting', 'running', 'idle', 'asleep', 'ended'] as const;
export const SessionState = z.enum(SESSION_STATES);
export type SessionState = z.infer<typeof SessionState>;

export const Outcome = z.enum(['completed', 'failed', 'cancelled', 'lost']);
export type Outcome = z.infer<typeof Outcome>;

/** The one classification of why anything ended. */
export const Reason = z.enum([
  'ok',
  'error',
  'timeout',
  'signal',
  'grace',
  'config',
  'auth',
  'throttle',
  'lost',
  'cancelled',
]);
export type Reason = z.infer<typeof Reason>;

export const TriggerType = z.enum([
  'ask_user_question',
  'plan_review',
  'permission_request',
  'session_complete',
  'session_error',
]);
export type TriggerType = z.infer<typeof TriggerType>;

/** Types that block their sender until they are answered; the others only tell. */
export const BLOCKING_TYPES = [
  'ask_user_question',
  'plan_review',
  'permission_request',
] as const satisfies TriggerType[];
export const BlockingType = z.enum(BLOCKING_TYPES);
export type BlockingType = z.infer<typeof BlockingType>;

export function isBlocking(type: TriggerType): type is BlockingType {
  return (BLOCKING_TYPES as readonly TriggerType[]).includes(type);
}

/** What an answer decides: for plans approve, edit or reject; for permissions allow or deny; `acknowledge` for notices. */
export const TriggerAction = z.enum(['approve', 'edit', 'reject', 'allow', 'allow_always', 'deny', 'acknowledge']);
export type TriggerAction = z.infer<typeof TriggerAction>;

/** `steer` interrupts the turn that runs; `followUp` waits for its end. */
export const DeliverAs = z.enum(['steer', 'followUp']);
export type DeliverAs = z.infer<typeof DeliverAs>;

/** How strongly to stop: after the turn; ask, grace, then kill the group; kill at once. */
export const StopStrength = z.enum(['finish', 'stop', 'kill']);
export type StopStrength = z.infer<typeof StopStrength>;

export const Text = z.string().max(LIMITS.textChars);
export const NonEmptyText = Text.min(1);
export const Title = z.string().min(1).max(LIMITS.titleChars);
/** A caller-made idempotency key. */
export const RequestKey = z.string().min(1).max(LIMITS.keyChars);
export const Path = z.string().min(1).max(LIMITS.pathChars);
export const Name = z
  .string()
  .min(1)
  .max(LIMITS.labelChars)
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u,
    'letters, digits, space, dot, dash and underscore, beginning with a letter or digit',
  );
export const LabelText = z.string().min(1).max(LIMITS.labelChars);
export const Labels = z
  .record(LabelText, z.string().max(LIMITS.labelChars))
  .refine((labels) => Object.keys(labels).length <= LIMITS.labels, `at most ${LIMITS.labels} labels`);
export type Labels = z.infer<typeof Labels>;
/** What one session may use before it is stopped. */
export const SessionLimits = z.object({
  /** Memory of all its processes. */
  memoryBytes: z.number().int().positive().optional(),
  /** Milliseconds from the start of its worker. */
  timeMs: z.number().int().positive().optional(),
  /** Milliseconds without a turn. */
  idleMs: z.number().int().positive().optional(),
});
export type SessionLimits = z.infer<typeof SessionLimits>;
/** Milliseconds since 1970, UTC. */
export const Instant = z.number().int().nonnegative();
export const AgentName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/, 'an agent name such as pi, claude or scripted');
