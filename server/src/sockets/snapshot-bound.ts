/** Cuts a snapshot to a size that a socket can take at once. */
import { lastSeq, type Frame, type Reply, type ViewerToRelay } from '@treeline/shared';

const SNAPSHOT_CHARS = 2 * 1024 * 1024;

type Snapshot = Reply<(typeof ViewerToRelay)['attach']>;

/**
 * With a cursor the oldest frames stay, and `isWhole` is false when the viewer has to ask for more; without one, or after
 * a resync, the newest stay and the others are `earlier`.
 */
export function boundSnapshot(snapshot: Snapshot, continues: boolean): { snapshot: Snapshot; isWhole: boolean } {
  const { frames } = snapshot;
  if (continues && !snapshot.resync) {
    const kept = frames.slice(0, fitting(frames));
    const last = kept.at(-1);
    if (kept.length === frames.length || last === undefined) return { snapshot, isWhole: true };
    return {
      snapshot: { ...snapshot, frames: kept, cursor: { epoch: last.epoch, seq: lastSeq(last) } },
      isWhole: false,
    };
  }
  const kept = frames.slice(frames.length - fitting(frames.toReversed()));
  if (kept.length === frames.length) return { snapshot, isWhole: true };
  const { removed: _further, ...rest } = snapshot;
  return { snapshot: { ...rest, frames: kept, earlier: true }, isWhole: true };
}

/** How many of the first frames fit; one always does. */
function fitting(frames: readonly Frame[]): number {
  let chars = 0;
  const over = frames.findIndex(({ body }) => (chars += body.length) > SNAPSHOT_CHARS);
  return over < 0 ? frames.length : Math.max(1, over);
}
