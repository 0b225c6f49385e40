/** Plays steps in the model and in worlds at once, and holds each world to the model and to the invariants. */
import { newId, type SessionId, type TriggerId } from '@treeline/shared';
import type { TriggerRecord } from '@treeline/server/src/domain/records.ts';
import { broken } from './invariants.ts';
import { Model, type ModelTrigger } from './model.ts';
import type { Step } from './steps.ts';
import type { Act, World } from './world.ts';

export interface PlayOptions {
  /** Looks at the whole world after so many steps, and at the end. */
  readonly lookEvery: number;
}

/** Throws at the first step after which something is not as it ought to be, with the acts up to there. */
export async function play(
  steps: readonly Step[],
  worlds: readonly World[],
  { lookEvery }: PlayOptions,
): Promise<void> {
  const model = new Model();
  const names = { sessions: 0, triggers: 0 };
  const played: string[] = [];
  for (const [at, step] of steps.entries()) {
    const act = actOf(step, model, names);
    if (act === undefined) continue;
    const allowed = model.play(act);
    const outcomes: string[] = [];
    for (const world of worlds) outcomes.push(await world.play(act));
    played.push(`${JSON.stringify(act)} → ${outcomes.join(', ')} (ought to be ${allowed.join(' or ')})`);
    const wrong = outcomes.filter((outcome) => !allowed.includes(outcome));
    const problems = wrong.length > 0 || new Set(outcomes).size > 1 ? [`answered ${outcomes.join(', ')}`] : [];
    if (at % lookEvery === 0 || at === steps.length - 1)
      for (const world of worlds) problems.push(...(await differences(world, model)));
    if (problems.length > 0) throw new Error(`${problems.join('\n')}\n\nafter\n${played.join('\n')}`);
  }
}

/** Sessions that are spawned sort behind their roots, whose ids the services make from the clock. */
const LATE = 2 ** 43;

/** Mostly a child of the session, as a tell has it. */
function childOf(model: Model, of: unknown, at: number): string | undefined {
  const children = [...model.sessions.values()].filter(({ parent }) => parent !== null && parent === of);
  return at % 5 === 0 || children.length === 0 ? undefined : children.at(at % children.length)?.name;
}

/** Undefined when there is nothing that the step could be about. */
function actOf(step: Step, model: Model, names: { sessions: number; triggers: number }): Act | undefined {
  const session = (at: number) => [...model.sessions.keys()].at(at % Math.max(1, model.sessions.size));
  const trigger = (at: number) => [...model.triggers.keys()].at(at % Math.max(1, model.triggers.size));
  const newTrigger = (): TriggerId => newId('trigger', ++names.triggers);
  const { do: act, ...given } = step;
  const filled: Record<string, unknown> = { act, ...given };
  if ('by' in step) filled['by'] = session(step.by);
  if ('to' in step) filled['to'] = childOf(model, filled['by'], step.to) ?? session(step.to);
  if ('session' in step) filled['session'] = session(step.session);
  if ('trigger' in step) filled['trigger'] = trigger(step.trigger);
  if (Object.entries(filled).some(([name, value]) => value === undefined && name !== 'patienceMs')) return undefined;
  if (act === 'create' || act === 'spawn') filled['session'] = `s${++names.sessions}`;
  if (act === 'spawn') filled['id'] = newId('session', LATE + names.sessions);
  if (act === 'ask') filled['id'] = newTrigger();
  if (act === 'end') filled['notice'] = newTrigger();
  return filled as unknown as Act;
}

async function differences(world: World, model: Model): Promise<string[]> {
  const snapshot = await world.snapshot();
  const problems = broken(snapshot);
  const sessions = new Map(snapshot.sessions.map((session) => [session.id, session]));
  const expect = (what: string, seen: unknown, wanted: unknown) => {
    if (seen !== wanted) problems.push(`${what} is ${String(seen)}, ought to be ${String(wanted)}`);
  };
  expect('the number of sessions', sessions.size, model.sessions.size);
  const idOf = (name: string | null): SessionId | null => (name === null ? null : world.idOf(name));
  for (const { name, parent, state, inbox } of model.sessions.values()) {
    const seen = sessions.get(world.idOf(name));
    expect(`the parent of ${name}`, seen?.parentId, idOf(parent));
    expect(
      `the state of ${name}`,
      seen?.lifecycle.state === 'ended' ? seen.lifecycle.outcome : seen?.lifecycle.state,
      state,
    );
    const kinds = (snapshot.inbox.get(world.idOf(name)) ?? []).map(({ item }) => item.kind);
    expect(`the inbox of ${name}`, kinds.join(), inbox.join());
  }
  const triggers = new Map(snapshot.triggers.map((trigger) => [trigger.id, trigger]));
  for (const [id, trigger] of model.triggers) {
    const seen = triggers.get(id);
    expect(
      `trigger ${id}`,
      seen === undefined ? 'gone' : stateOf(seen),
      wordOf(trigger, (name) => world.idOf(name)),
    );
  }
  return problems;
}

function stateOf({ state, type }: TriggerRecord): string {
  switch (state.state) {
    case 'created':
      return 'parent';
    case 'delivered':
      return type === 'session_complete' || type === 'session_error' ? 'told' : 'parent';
    case 'escalated':
      return 'people';
    case 'answered':
      return `answered by ${state.by.kind === 'session' ? state.by.id : state.by.kind === 'person' ? state.by.name : 'the relay'}`;
    default:
      return state.state;
  }
}

function wordOf({ at, by = '' }: ModelTrigger, idOf: (name: string) => SessionId): string {
  if (at === 'answered') return `answered by ${by === 'ann' ? by : idOf(by)}`;
  return at === 'withdrawn' || at === 'child gone' ? 'cancelled' : at;
}
