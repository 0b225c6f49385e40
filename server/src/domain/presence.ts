/** Whether a runner is there: known from heartbeats with a due time in the store, never from a socket's memory. */
import type {
  RunnerHealth,
  RunnerId,
  RunnerProfile,
  SessionId,
  SpoolStatus,
  SpoolVerdict,
  TriggerId,
} from '@treeline/shared';
import { comparePositions, TreelineError } from '@treeline/shared';
import type { Draft } from './draft.ts';
import { endSession } from './ending.ts';
import { wake } from './inbox.ts';
import type { RunnerRecord, SessionRecord } from './records.ts';
import type { TriggerTimes } from './triggers.ts';

export interface PresenceTimes {
  /** Without a heartbeat for this long it is offline, ms. */
  readonly offlineAfterMs: number;
  /** A closed socket may come back within this without anybody noticing, ms. */
  readonly flapGraceMs: number;
}

/** For so long people are shown that a copy of a runner's folder was about. */
const COPY_SHOWN_MS = 24 * 3600_000;

export function joinRunner(draft: Draft, profile: RunnerProfile): RunnerRecord {
  const known = draft.get('runner', profile.id);
  const runner: RunnerRecord =
    known === undefined
      ? {
          id: profile.id,
          profile,
          presence: { state: 'new' },
          generation: 0,
          instance: '',
          fence: 0,
          joinedAt: draft.now,
        }
      : { ...known, profile };
  draft.put('runner', profile.id, runner);
  return runner;
}

/**
 * Throws superseded for a stale copy of the runner: an older generation, or the same one from another process. Only when
 * the newer daemon is gone does the one come back that it had ousted, or one that is its equal.
 */
export function admitHello(
  draft: Draft,
  input: {
    profile: RunnerProfile;
    generation: number;
    instance: string;
    fence: number;
    relayId: string;
    times: PresenceTimes;
  },
): RunnerRecord {
  const { profile, generation, instance, fence, relayId, times } = input;
  const runner = draft.get('runner', profile.id);
  if (runner === undefined) throw new TreelineError('forbidden', `Runner ${profile.id} has not joined this relay`);
  if (isStale(runner, { generation, instance })) {
    throw new TreelineError(
      'superseded',
      `Runner "${runner.profile.name}" is signed in by a newer daemon (generation ${runner.generation}, this one ${generation})`,
    );
  }
  if (fence < runner.fence)
    throw new TreelineError('stale_fence', 'A newer connection of this runner said hello meanwhile');
  const ousts = instance !== runner.instance && runner.presence.state === 'online';
  const next: RunnerRecord = {
    ...runner,
    profile,
    generation,
    instance,
    ...(ousts ? { ousted: runner.instance } : {}),
    fence,
    presence: {
      state: 'online',
      since: runner.presence.state === 'online' ? runner.presence.since : draft.now,
      lastHeartbeat: draft.now,
      relayId,
    },
  };
  draft.put('runner', runner.id, next);
  draft.timer(presenceTimer(runner.id), draft.now + times.offlineAfterMs);
  return next;
}

function isStale(runner: RunnerRecord, daemon: { generation: number; instance: string }): boolean {
  const { generation, instance } = daemon;
  if (instance === runner.instance || generation > runner.generation) return false;
  if (runner.presence.state !== 'offline') return true;
  return instance !== runner.ousted && generation < runner.generation;
}

/** A hello of this runner was refused as superseded: some other folder has its identity, and people are to see that. */
export function noteCopy(draft: Draft, id: RunnerId): void {
  const runner = draft.get('runner', id);
  if (runner === undefined) return;
  const { since = draft.now, times = 0 } = runner.copy ?? {};
  draft.put('runner', id, { ...runner, copy: { since, last: draft.now, times: times + 1 } });
  draft.timer(copyTimer(id), draft.now + COPY_SHOWN_MS);
}

/** No copy was seen for a day. */
export function copyGone(draft: Draft, id: RunnerId): void {
  const runner = draft.get('runner', id);
  draft.timer(copyTimer(id), undefined);
  if (runner === undefined) return;
  const { copy: _gone, ...rest } = runner;
  draft.put('runner', id, rest);
}

/** Nothing is due for it any more. */
export function forgetPresence(draft: Draft, id: RunnerId): void {
  draft.timer(presenceTimer(id), undefined);
  draft.timer(copyTimer(id), undefined);
}

/** Throws stale_fence when a newer connection of this runner exists. */
export function heartbeat(
  draft: Draft,
  id: RunnerId,
  input: { fence: number; health: RunnerHealth; relayId: string; times: PresenceTimes },
): void {
  const runner = draft.get('runner', id);
  if (runner?.fence !== input.fence) throw new TreelineError('stale_fence', 'A newer connection of this runner exists');
  const since = runner.presence.state === 'online' ? runner.presence.since : draft.now;
  draft.put('runner', id, {
    ...runner,
    health: input.health,
    presence: { state: 'online', since, lastHeartbeat: draft.now, relayId: input.relayId },
  });
  draft.timer(presenceTimer(id), draft.now + input.times.offlineAfterMs);
}

/** The socket closed. On purpose: offline now; else the presence timer decides soon. */
export function linkClosed(
  draft: Draft,
  id: RunnerId,
  input: { fence: number; onPurpose: boolean; times: PresenceTimes },
): void {
  const runner = draft.get('runner', id);
  if (runner?.fence !== input.fence || runner.presence.state !== 'online') return;
  if (input.onPurpose) goOffline(draft, runner);
  else draft.timer(presenceTimer(id), draft.now + input.times.flapGraceMs);
}

/** The presence timer fired. A heartbeat would have moved it. */
export function presenceDue(draft: Draft, id: RunnerId): void {
  const runner = draft.get('runner', id);
  if (runner?.presence.state === 'online') goOffline(draft, runner);
  else draft.timer(presenceTimer(id), undefined);
}

function goOffline(draft: Draft, runner: RunnerRecord): void {
  draft.put('runner', runner.id, { ...runner, presence: { state: 'offline', since: draft.now } });
  draft.timer(presenceTimer(runner.id), undefined);
  for (const session of draft.list('session', 'liveOnRunner', runner.id)) draft.tell({ type: 'session', id: session });
}

function presenceTimer(id: RunnerId) {
  return { kind: 'runner', id, name: 'presence' } as const;
}

function copyTimer(id: RunnerId) {
  return { kind: 'runner', id, name: 'copy' } as const;
}

/** Compares a session's spool with what the store has. */
export function judgeSpool(
  spool: SpoolStatus,
  session: SessionRecord | undefined,
  input: { runnerId: RunnerId; head: { epoch: number; seq: number; frame: string | null } },
): SpoolVerdict {
  const { head, runnerId } = input;
  const have = { epoch: head.epoch, seq: head.seq };
  const verdict = (word: SpoolVerdict['verdict']): SpoolVerdict => ({ id: spool.id, have, verdict: word });
  if (session === undefined || session.runnerId !== runnerId) return verdict('not_yours');
  const toAcked = comparePositions(have, spool.acked);
  if (toAcked < 0) return verdict('replay_from');
  if (toAcked === 0) {
    const forked = spool.ackedFrame !== null && spool.ackedFrame !== head.frame;
    return verdict(forked ? 'new_epoch' : 'resume');
  }
  // The store has more than was acknowledged. Whether all of it is of this spool, and from where on it is not, shows frame
  // by frame when they come again; and viewers whose relay died before it told them see them then.
  return { id: spool.id, have: spool.acked, verdict: 'resume' };
}

/** A runner is back: what it put to sleep in the middle of a turn goes on. */
export function wakeInterrupted(draft: Draft, id: SessionId): void {
  const session = draft.get('session', id);
  if (session?.lifecycle.state === 'asleep' && session.lifecycle.interrupted === true) wake(draft, session);
}

/** A runner that no longer has a session it was working on has lost it. */
export function loseSession(
  draft: Draft,
  session: SessionRecord,
  input: { triggerId: (of: SessionId) => TriggerId; times: TriggerTimes },
): void {
  const ending = {
    triggerId: input.triggerId(session.id),
    outcome: 'lost',
    reason: 'lost',
    detail: 'Its runner came back without this session’s folder',
    resumable: false,
  } as const;
  endSession(draft, session, ending, input.times);
}
