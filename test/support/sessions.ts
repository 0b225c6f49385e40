/** What a person does with sessions and sees of them, in the few words that tests of trees use. */
import {
  comparePositions,
  type Position,
  type ScriptStep,
  type SessionId,
  type SessionView,
  type TriggerView,
} from '@treeline/shared';
import type { Rig } from './rig.ts';
import type { RunnerProcess } from './runner-process.ts';
import { until } from './until.ts';

/** The default for what goes through several processes. */
const PATIENCE_MS = 60_000;

export interface NewSession {
  /** Steps for the scripted agent, or a prompt. */
  readonly prompt: readonly ScriptStep[] | string;
  readonly runner: RunnerProcess;
  /** Default `scripted`. */
  readonly agent?: string;
  readonly parent?: SessionId;
}

/** `treeline session new`. */
export async function startSession(rig: Rig, { prompt, runner, agent, parent }: NewSession): Promise<SessionId> {
  const under = parent === undefined ? [] : ['--parent', parent];
  const started = await rig.cli(
    ['session', 'new', '-', '--agent', agent ?? 'scripted', '--runner', runner.name, '--json', ...under],
    { stdin: typeof prompt === 'string' ? prompt : JSON.stringify(prompt) },
  );
  if (started.code !== 0) throw new Error(`the session could not be started: ${started.stderr}`);
  return started.json<{ id: SessionId }>().id;
}

export function getSession(rig: Rig, id: SessionId): Promise<SessionView> {
  return rig.api.getSession({ params: { id } });
}

/** Resolves with the session when it is as wanted. */
export function untilSession(
  rig: Rig,
  id: SessionId,
  wanted: { what: string; is: (session: SessionView) => boolean; withinMs?: number },
): Promise<SessionView> {
  const look = async () => {
    const session = await getSession(rig, id);
    return wanted.is(session) && session;
  };
  return until(wanted.what, look, {
    withinMs: wanted.withinMs ?? PATIENCE_MS,
    otherwise: async () => [await getSession(rig, id), await logsOf(rig, id)],
  });
}

export function untilEnded(rig: Rig, id: SessionId, withinMs?: number): Promise<SessionView> {
  return untilSession(rig, id, {
    what: `${id} ends`,
    is: ({ lifecycle }) => lifecycle.state === 'ended',
    ...(withinMs === undefined ? {} : { withinMs }),
  });
}

/** The first child of a session, once it is there. */
export function childOf(rig: Rig, parent: SessionId): Promise<SessionId> {
  const look = async () => (await rig.api.listSessions({ query: { parent } })).sessions[0]?.id;
  return until(`${parent} has a child`, look, { withinMs: PATIENCE_MS, otherwise: () => logsOf(rig, parent) });
}

/** The trigger below this root that is as wanted, once it is there. */
export function untilTrigger(
  rig: Rig,
  root: SessionId,
  wanted: { what: string; is: (trigger: TriggerView) => boolean; withinMs?: number },
): Promise<TriggerView> {
  const look = async () => {
    const { triggers } = await rig.api.listTriggers({ query: { root, state: 'all' } });
    return triggers.find(wanted.is);
  };
  const otherwise = async () => [
    (await rig.cli(['session', 'tree', root])).stdout.split('\n'),
    await logsOf(rig, root),
    (await rig.api.listTriggers({ query: { root, state: 'all' } })).triggers,
  ];
  return until(wanted.what, look, { withinMs: wanted.withinMs ?? PATIENCE_MS, otherwise });
}

/** The open question with this text. */
export function untilAsked(rig: Rig, root: SessionId, text: string): Promise<TriggerView> {
  const open = ['created', 'delivered', 'escalated'];
  return untilTrigger(rig, root, {
    what: `"${text}" is asked`,
    is: (trigger) => trigger.text === text && open.includes(trigger.state.state),
  });
}

/** `treeline session logs`, as lines. */
export async function logsOf(rig: Rig, id: SessionId): Promise<string[]> {
  return (await rig.cli(['session', 'logs', id])).stdout.split('\n');
}

/** Resolves when `session logs` shows the text; looked at only when there is more of it than the last time. */
export async function untilLogged(rig: Rig, id: SessionId, text: string): Promise<void> {
  let seen: Position | undefined;
  const look = async () => {
    const { head } = await rig.api.readLog({ params: { id }, query: { tail: 1 } });
    if (seen !== undefined && comparePositions(head, seen) === 0) return false;
    const found = (await logsOf(rig, id)).join('\n').includes(text);
    seen = head;
    return found;
  };
  await until(`the log of ${id} holds "${text}"`, look, {
    withinMs: PATIENCE_MS,
    everyMs: 100,
    otherwise: () => logsOf(rig, id),
  });
}
