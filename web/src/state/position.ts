/** Places in a log. Kept apart from @treeline/shared's own so that its schemas stay out of the browser. */
import type { Frame, Position } from '@treeline/shared';

export const START: Position = { epoch: 0, seq: 0 };

export function comparePositions(a: Position, b: Position): number {
  return a.epoch - b.epoch || a.seq - b.seq;
}

export function formatPosition({ epoch, seq }: Position): string {
  return `${epoch}-${seq}`;
}

/** The last record of a frame. */
export function endOf(frame: Pick<Frame, 'epoch' | 'first' | 'count'>): Position {
  return { epoch: frame.epoch, seq: frame.first + frame.count - 1 };
}

/**
 * What of these frames lies beyond a cursor, each exactly once. `gap`: the first of them does not follow the cursor, so
 * something is missing and the viewer has to attach again.
 */
export function beyond(
  frames: readonly Frame[],
  cursor: Position,
): { readonly fresh: Frame[]; readonly cursor: Position; readonly gap: boolean } {
  const fresh: Frame[] = [];
  let reached = cursor;
  for (const frame of frames) {
    const end = endOf(frame);
    if (comparePositions(end, reached) <= 0) continue;
    const follows = frame.epoch === reached.epoch ? frame.first <= reached.seq + 1 : frame.first === 1;
    if (!follows) return { fresh, cursor: reached, gap: true };
    fresh.push(frame);
    reached = end;
  }
  return { fresh, cursor: reached, gap: false };
}
