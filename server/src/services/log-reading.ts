/** Reading a log whose beginning may have been removed: whoever reads is told of the hole, never shown it as if it were none. */
import { comparePositions, formatPosition, lastSeq, LIMITS, START } from '@treeline/shared';
import type { Frame, Position, SessionId } from '@treeline/shared';
import type { Store } from '../ports/store.ts';
import type { SessionService } from './services.ts';

const TAIL_DEFAULT = 100;

interface Log {
  readonly ns: string;
  readonly session: SessionId;
}

type Snapshot = Omit<Awaited<ReturnType<SessionService['snapshot']>>, 'session'>;

export async function readLog(
  store: Store,
  { ns, session }: Log,
  query: Parameters<SessionService['readLog']>[2],
): ReturnType<SessionService['readLog']> {
  const { tail, after = START } = query;
  const [frames, head] = await Promise.all([
    tail === undefined
      ? store.readLog(ns, session, { after, limit: query.limit })
      : store.readLogTail(ns, session, tail),
    store.head(ns, session),
  ]);
  const removed = await removedBefore(store, { ns, session, frames, after: tail === undefined ? after : undefined });
  const last = frames.at(-1);
  const next = last === undefined ? after : endOf(last);
  const shown = query.kind === undefined ? frames : frames.filter(({ kind }) => kind === query.kind);
  return { frames: shown, next: formatPosition(next), head: { epoch: head.epoch, seq: head.seq }, ...removed };
}

/** VIEW-1, VIEW-3: what follows the cursor, or a fresh view when that is not all there. */
export async function snapshotOf(
  store: Store,
  ns: string,
  { session, after, tail }: Parameters<SessionService['snapshot']>[1],
): Promise<Snapshot> {
  if (after === undefined) return endOfLog(store, { ns, session }, { tail, resync: false });
  const head = await store.head(ns, session);
  if (comparePositions(after, head) > 0) return endOfLog(store, { ns, session }, { tail, resync: true });
  const frames = await store.readLog(ns, session, { after, limit: LIMITS.logPageMax });
  const last = frames.at(-1);
  const cursor = last === undefined ? { epoch: after.epoch, seq: after.seq } : endOf(last);
  // More than a page behind: the rest would have to be fetched before the live frames make sense.
  const isBehind = comparePositions(cursor, head) < 0;
  // Asked for last: what is removed while it is read is seen.
  const isCut = comparePositions(after, await store.trimmedTo(ns, session)) < 0;
  if (isBehind || isCut) return endOfLog(store, { ns, session }, { tail: LIMITS.logPageMax, resync: true });
  return { frames, cursor, resync: false, earlier: false };
}

async function endOfLog(
  store: Store,
  { ns, session }: Log,
  { tail = TAIL_DEFAULT, resync }: { tail: number | undefined; resync: boolean },
): Promise<Snapshot> {
  const frames = await store.readLogTail(ns, session, tail);
  const removed = await removedBefore(store, { ns, session, frames, after: undefined });
  const [first] = frames;
  const last = frames.at(-1);
  const isWhole = first === undefined || removed !== undefined || (first.epoch === 1 && first.first === 1);
  return { frames, cursor: last === undefined ? { ...START } : endOf(last), resync, earlier: !isWhole, ...removed };
}

/**
 * Set when entries are missing right before these frames: after the position that was asked for, or, of the last frames,
 * when these are all that is left.
 */
async function removedBefore(
  store: Store,
  { ns, session, frames, after }: Log & { frames: readonly Frame[]; after: Position | undefined },
): Promise<{ removed: Position } | undefined> {
  // Asked for last: what is removed while it is read is seen.
  const removed = await store.trimmedTo(ns, session);
  if (removed.epoch === 0) return undefined;
  if (after !== undefined) return comparePositions(after, removed) < 0 ? { removed } : undefined;
  const [oldest] = await store.readLog(ns, session, { limit: 1 });
  const [first] = frames;
  return first === undefined || oldest === undefined || comparePositions(beginOf(first), beginOf(oldest)) <= 0
    ? { removed }
    : undefined;
}

const endOf = (frame: Frame): Position => ({ epoch: frame.epoch, seq: lastSeq(frame) });
const beginOf = ({ epoch, first }: Frame): Position => ({ epoch, seq: first });
