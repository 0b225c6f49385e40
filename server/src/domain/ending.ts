/** A session ends: what it asked is withdrawn, what it was asked goes to people, and its parent is told. */
import type { Outcome, Reason, SessionId, TriggerId } from '@treeline/shared';
import { isLive } from '@treeline/shared';
import type { Draft } from './draft.ts';
import { countLive } from './inbox.ts';
import { announce } from './notify/announce.ts';
import type { SessionRecord } from './records.ts';
import { CHILD_GONE } from './trigger-keeping.ts';
import { cancel, escalateIncoming, openNotice, type TriggerTimes } from './triggers.ts';

export interface Ending {
  /** Of the notice to the parent. */
  readonly triggerId: TriggerId;
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly detail?: string | undefined;
  readonly summary?: string | undefined;
  readonly resumable?: boolean | undefined;
}

export const retireTimer = (id: SessionId) => ({ kind: 'session', id, name: 'retire' }) as const;

export function endSession(draft: Draft, session: SessionRecord, ending: Ending, times: TriggerTimes): void {
  if (!isLive(session)) return;
  const { outcome } = ending;
  for (const { id } of session.open) {
    const trigger = draft.get('trigger', id);
    if (trigger !== undefined) cancel(draft, trigger, CHILD_GONE);
  }
  const ended = draft.patch(session, { ...endedBy(session, ending, draft.now), open: [] });
  retireLater(draft, session.id, times);
  if (session.parentId === null && outcome !== 'cancelled') announce(draft, { kind: 'session', id: session.id });
  countLive(draft, session, -1);
  escalateIncoming(draft, session.id, `its parent "${session.title}" has ended`);
  noticeOfEnd(draft, ended, { triggerId: ending.triggerId, times });
}

/** What its end makes of a session. Of a parent that is not there yet (`lostParent`), what it is to be told is noted. */
export function endedBy(
  session: SessionRecord,
  { triggerId, outcome, reason, detail, summary, resumable = session.resumable }: Ending,
  since: number,
): Pick<SessionRecord, 'lifecycle' | 'lostParent'> {
  return {
    lifecycle: {
      state: 'ended',
      since,
      outcome,
      reason,
      ...(detail === undefined ? {} : { detail }),
      ...(summary === undefined ? {} : { summary }),
      resumable,
    },
    ...(session.lostParent === undefined ? {} : { lostParent: { ...session.lostParent, notice: triggerId } }),
  };
}

export function retireLater(draft: Draft, id: SessionId, { keepEndedMs = 0 }: TriggerTimes): void {
  if (keepEndedMs > 0) draft.timer(retireTimer(id), draft.now + keepEndedMs);
}

/** Tells the parent of a session that has ended. */
function noticeOfEnd(
  draft: Draft,
  session: SessionRecord,
  { triggerId, times }: { triggerId: TriggerId; times: TriggerTimes },
): void {
  const { lifecycle } = session;
  if (lifecycle.state !== 'ended') return;
  const { outcome, reason, detail, summary } = lifecycle;
  const completed = outcome === 'completed';
  openNotice(draft, session, {
    triggerId,
    type: completed ? 'session_complete' : 'session_error',
    text: (completed ? summary : detail) ?? (completed ? 'Completed.' : `${outcome} (${reason})`),
    reason,
    times,
  });
}

/**
 * The same, to a store that had lost it: a parent that had the notice leaves it out, and one that waits for it gets it. A
 * parent that has ended is told nothing, and people neither.
 */
export function noticeAgain(draft: Draft, session: SessionRecord, notice: Parameters<typeof noticeOfEnd>[2]): void {
  const parent = session.parentId === null ? undefined : draft.get('session', session.parentId);
  if (parent !== undefined && isLive(parent)) noticeOfEnd(draft, session, notice);
}
