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
  const { outcome, reason, detail, summary } = ending;
  for (const { id } of session.open) {
    const trigger = draft.get('trigger', id);
    if (trigger !== undefined) cancel(draft, trigger, CHILD_GONE);
  }
  draft.patch(session, {
    lifecycle: {
      state: 'ended',
      since: draft.now,
      outcome,
      reason,
      ...(detail === undefined ? {} : { detail }),
      ...(summary === undefined ? {} : { summary }),
      resumable: ending.resumable ?? session.resumable,
    },
    open: [],
  });
  const { keepEndedMs = 0 } = times;
  if (keepEndedMs > 0) draft.timer(retireTimer(session.id), draft.now + keepEndedMs);
  if (session.parentId === null && outcome !== 'cancelled') announce(draft, { kind: 'session', id: session.id });
  countLive(draft, session, -1);
  escalateIncoming(draft, session.id, `its parent "${session.title}" has ended`);
  const completed = outcome === 'completed';
  openNotice(draft, session, {
    triggerId: ending.triggerId,
    type: completed ? 'session_complete' : 'session_error',
    text: (completed ? summary : detail) ?? (completed ? 'Completed.' : `${outcome} (${reason})`),
    reason,
    times,
  });
}
