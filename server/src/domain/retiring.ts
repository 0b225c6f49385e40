/** Forgetting sessions that ended long ago, where the operator set a time for it. */
import { isLive, isOpen, type SessionId } from '@treeline/shared';
import type { Draft } from './draft.ts';
import { retireTimer } from './ending.ts';
import { deleteSession } from './people.ts';

/** What keeps a session for now is looked at again after this. */
const LATER_MS = 24 * 3600_000;

/** It goes with its log, unless it goes on again, somebody has yet to read of its end, or a child of it is at work. */
export function retireDue(draft: Draft, id: SessionId): void {
  const session = draft.get('session', id);
  if (session === undefined || isLive(session)) return;
  const unread = draft.list('trigger', 'session', id).some((trigger) => {
    const found = draft.get('trigger', trigger);
    return found !== undefined && isOpen(found);
  });
  if (unread || session.liveChildren > 0) draft.timer(retireTimer(id), draft.now + LATER_MS);
  else deleteSession(draft, id);
}
