/** Records as people see them, with the words that follow from other records. */
import { Session, type RunnerView, type SessionView, type TriggerView } from '@treeline/shared';
import type { RunnerRecord, SessionRecord, TriggerRecord } from './records.ts';

const SHOWN = Object.keys(Session.shape) as (keyof Session)[];

export function sessionView(
  session: SessionRecord,
  context: { runner: RunnerRecord | undefined; parentRunner: RunnerRecord | undefined; publicUrl: string },
): SessionView {
  const { open, liveChildren } = session;
  const online = context.runner?.presence.state === 'online';
  const status = statusOf(session, { online, liveChildren });
  const waiting = waitingText(session, { status, runner: context.runner, parentRunner: context.parentRunner });
  return Object.assign(shownOf(session), {
    status,
    runnerOnline: online,
    openTriggers: open.map(({ id }) => id),
    ...(waiting === undefined ? {} : { waiting }),
    shareUrl: `${context.publicUrl}/s/${session.id}`,
  });
}

/** Field by field: a spread of so many takes ten times as long, and a tree has a thousand of them. */
function shownOf(session: SessionRecord): Session {
  const shown: Partial<Record<keyof Session, unknown>> = {};
  for (const field of SHOWN) if (session[field] !== undefined) shown[field] = session[field];
  return shown as Session;
}

function statusOf(
  session: SessionRecord,
  { online, liveChildren }: { online: boolean; liveChildren: number },
): SessionView['status'] {
  const { lifecycle, open } = session;
  if (lifecycle.state === 'ended') return lifecycle.outcome;
  if (open.some(({ escalated }) => escalated)) return 'needs_you';
  if (open.length > 0) return 'waiting_for_parent';
  if (lifecycle.state === 'queued' || lifecycle.state === 'asleep') return lifecycle.state;
  if (!online) return 'runner_offline';
  if (lifecycle.state === 'running') return 'working';
  if (lifecycle.state === 'idle' && liveChildren > 0) return 'waiting_for_child';
  return lifecycle.state;
}

function waitingText(
  session: SessionRecord,
  {
    status,
    runner,
    parentRunner,
  }: { status: SessionView['status']; runner: RunnerRecord | undefined; parentRunner: RunnerRecord | undefined },
): string | undefined {
  if (status === 'waiting_for_parent' && parentRunner !== undefined && parentRunner.presence.state !== 'online') {
    return `waiting (parent offline since ${sinceText(parentRunner)})`;
  }
  if (status === 'queued' && runner?.presence.state !== 'online')
    return `queued (runner ${runner?.profile.name ?? session.runnerId} is offline)`;
  if (status === 'runner_offline' && runner !== undefined)
    return `runner ${runner.profile.name} offline since ${sinceText(runner)}`;
  return undefined;
}

function sinceText(runner: RunnerRecord): string {
  if (runner.presence.state === 'new') return 'it joined';
  return `${clockTime(runner.presence.since)} UTC`;
}

/** HH:MM of an instant, without a Date. */
function clockTime(instant: number): string {
  const minutes = Math.floor(instant / 60_000) % (24 * 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

export function triggerView(
  trigger: TriggerRecord,
  context: { ancestors: readonly SessionRecord[]; runner: RunnerRecord | undefined },
): TriggerView {
  return {
    ...trigger,
    path: context.ancestors.map(({ id, title }) => ({ id, title })),
    ...(context.runner === undefined ? {} : { runnerName: context.runner.profile.name }),
  };
}

export function runnerView(runner: RunnerRecord, sessions: number): RunnerView {
  const { instance: _instance, ousted: _ousted, fence: _fence, generation: _generation, ...shown } = runner;
  return { ...shown, online: runner.presence.state === 'online', sessions };
}
