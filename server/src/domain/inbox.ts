/** Putting something into a session's inbox, and what that does to a session without a process. */
import type { InboxItem, InboxKind, MessageId } from '@treeline/shared';
import { isLive } from '@treeline/shared';
import type { Draft, NewItem } from './draft.ts';
import { announce } from './notify/announce.ts';
import type { SessionRecord } from './records.ts';

/** Kinds that a sleeping session is woken for. The others can wait until it has something to do. */
const WAKING: ReadonlySet<InboxKind> = new Set(['prompt', 'tell', 'trigger', 'answer']);
/** Kinds that start a session again which has ended: somebody wants more of it. */
const REVIVING: ReadonlySet<InboxKind> = new Set(['prompt', 'tell']);

/** Appends the item and wakes its session where its kind does. Returns the item's id and place. */
export function deliver(
  draft: Draft,
  session: SessionRecord,
  item: NewItem,
): { messageId: MessageId; position: number } {
  const current = draft.get('session', session.id) ?? session;
  const position = current.inbox.last + 1;
  const messageId = draft.enqueue(current.id, item);
  const kept = draft.patch(current, {
    inbox: {
      last: position,
      consumed: current.inbox.consumed,
      waking: WAKING.has(item.kind) ? position : current.inbox.waking,
      reviving: REVIVING.has(item.kind) ? position : current.inbox.reviving,
    },
  });
  if (kept.lifecycle.state === 'asleep' && WAKING.has(item.kind)) wake(draft, kept);
  else if (isRevivable(kept) && REVIVING.has(item.kind)) wake(draft, kept);
  else draft.tell({ type: 'inbox', runnerId: kept.runnerId, session: kept.id });
  return { messageId, position };
}

export function isRevivable(session: SessionRecord): boolean {
  return session.lifecycle.state === 'ended' && session.lifecycle.resumable;
}

/** A session fell asleep, or completed, while something was on its way to it that it has not seen. */
export function wakeForUnseen(draft: Draft, id: SessionRecord['id']): void {
  const session = draft.get('session', id);
  if (session === undefined) return;
  const { lifecycle, inbox } = session;
  const completed = isRevivable(session) && lifecycle.state === 'ended' && lifecycle.outcome === 'completed';
  if (lifecycle.state === 'asleep' ? inbox.waking > inbox.consumed : completed && inbox.reviving > inbox.consumed) {
    wake(draft, session);
  }
}

/**
 * The runner has items up to a position that the store does not know: it lost writes. The next item gets a position behind
 * them, for the runner would take any other for one that it has.
 */
export function skipLost(draft: Draft, session: SessionRecord, to: number): void {
  const current = draft.get('session', session.id) ?? session;
  if (to <= current.inbox.last) return;
  draft.raiseInbox(current.id, to);
  draft.patch(current, { inbox: { ...current.inbox, last: to } });
}

/**
 * Items that got a position which the runner had given to others before the store lost them: it will never take them
 * there. They get another one, behind all that it has.
 */
export function giveAgain(
  draft: Draft,
  session: SessionRecord,
  input: { to: number; items: readonly InboxItem[] },
): void {
  skipLost(draft, session, input.to);
  for (const item of input.items) {
    const { position } = deliver(draft, session, item);
    const trigger = item.kind === 'answer' ? draft.get('trigger', item.triggerId) : undefined;
    if (trigger?.state.state === 'answered')
      draft.put('trigger', trigger.id, { ...trigger, state: { ...trigger.state, inboxPosition: position } });
  }
}

/** asleep | ended → queued: its runner starts another attempt on the transcript. */
export function wake(draft: Draft, session: SessionRecord): void {
  if (!isLive(session)) {
    countLive(draft, session, +1);
    if (session.parentId === null) announce(draft, { kind: 'session', id: session.id });
  }
  const current = draft.get('session', session.id) ?? session;
  draft.patch(current, { lifecycle: { state: 'queued', since: draft.now }, attempt: current.attempt + 1 });
  draft.tell({ type: 'assigned', runnerId: current.runnerId, session: current.id });
}

/** Keeps the counts of live sessions at the parent and the root. */
export function countLive(draft: Draft, session: SessionRecord, by: 1 | -1): void {
  if (session.parentId !== null) {
    const parent = draft.get('session', session.parentId);
    if (parent !== undefined) draft.patch(parent, { liveChildren: Math.max(0, parent.liveChildren + by) });
  }
  const root = draft.get('session', session.rootId);
  if (root !== undefined) draft.patch(root, { treeLive: Math.max(0, root.treeLive + by) });
}
