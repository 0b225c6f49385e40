/** LOG-14: removes the beginning of long logs, where the operator set how much is kept. */
import { comparePositions, type Frame, lastSeq, type Position, type SessionId, timeOf } from '@treeline/shared';
import type { SessionRecord } from '../domain/records.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';

const PAGE = 100;
const LOOK_EVERY_MS = 60 * 60_000;

/** The last frames of every log stay: whoever opens a session sees where it stands, and a runner that resends finds its place. */
export const FRAMES_KEPT = 100;

export interface LogRetentionOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly ns: string;
  /** Age of an entry, ms; 0: any. */
  readonly keepMs: number;
  /** Entries of one log; 0: any number. */
  readonly keepEntries: number;
}

/** Looks at every session once. */
export async function trimLogs(options: LogRetentionOptions): Promise<void> {
  const { store, ns, keepMs, keepEntries } = options;
  if (keepMs === 0 && keepEntries === 0) return;
  for (let after: string | undefined; ;) {
    const from = after === undefined ? {} : { after };
    const page = await store.list<SessionRecord>({ ns, kind: 'session', limit: PAGE, ...from });
    for (const { value } of page) if (value.open.length === 0) await trimLogOf(options, value.id);
    after = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}

async function trimLogOf(options: LogRetentionOptions, session: SessionId): Promise<void> {
  const { store, ns } = options;
  const head = await store.head(ns, session);
  for (let bound: Position | undefined; ;) {
    const frames = await store.readLog(ns, session, { limit: PAGE });
    const stays = frames.findIndex((frame) => !isOver(options, head, frame));
    const over = stays < 0 ? frames : frames.slice(0, stays);
    if (over.length === 0) return;
    bound ??= await lastThatMayGo(store, ns, session);
    const last = over.findLast((frame) => bound !== undefined && comparePositions(endOf(frame), bound) <= 0);
    if (last === undefined) return;
    await store.trimLog(ns, session, endOf(last));
    if (last !== frames.at(-1)) return;
  }
}

/** Too old, or one of too many. Entries are counted in the last epoch; what is before that goes when there are enough of them. */
function isOver({ clock, keepMs, keepEntries }: LogRetentionOptions, head: Position, frame: Frame): boolean {
  if (keepMs > 0 && timeOf(frame.id) < clock.now() - keepMs) return true;
  const first = { epoch: head.epoch, seq: head.seq - keepEntries };
  return keepEntries > 0 && first.seq >= 0 && comparePositions(endOf(frame), first) <= 0;
}

async function lastThatMayGo(store: Store, ns: string, session: SessionId): Promise<Position | undefined> {
  const [kept, ...rest] = await store.readLogTail(ns, session, FRAMES_KEPT + 1);
  return kept === undefined || rest.length < FRAMES_KEPT ? undefined : endOf(kept);
}

const endOf = (frame: Frame): Position => ({ epoch: frame.epoch, seq: lastSeq(frame) });

/** Trims now and every hour until it is stopped. */
export function keepLogsTrimmed(options: LogRetentionOptions, onError: (error: unknown) => void): { stop(): void } {
  const look = () => void trimLogs(options).catch(onError);
  look();
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  return { stop: () => clearInterval(timer) };
}
