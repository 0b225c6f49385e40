/** Whether a frame follows its log. */
import type { Frame, FrameId, Position } from '@treeline/shared';
import type { AppendResult, LogHead } from '../../ports/store.ts';

export type Verdict = Exclude<AppendResult['status'], 'fenced'>;

export const EMPTY: LogHead = { epoch: 0, seq: 0, frame: null };

/** Also shared's `lastSeq`; written again because importing it would load every schema into the store thread. */
export const lastOf = ({ first, count }: Pick<Frame, 'first' | 'count'>): number => first + count - 1;

export const headAfter = (frame: Frame): LogHead => ({ epoch: frame.epoch, seq: lastOf(frame), frame: frame.id });

/** Also shared's `comparePositions`, as above. */
export const isAtMost = (a: Position, b: Position): boolean =>
  a.epoch < b.epoch || (a.epoch === b.epoch && a.seq <= b.seq);

export interface Known {
  /** The frame of the log that ends where this one ends. */
  readonly stored: () => FrameId | undefined;
  /** The last record that was removed. */
  readonly trimmed: () => Position;
}

/** Identity comes first: what is there, or was there until it was removed, is no problem. */
export function judge(frame: Frame, head: LogHead, { stored, trimmed }: Known): Verdict {
  const begins = frame.epoch > head.epoch ? 1 : head.seq + 1;
  if (frame.epoch >= head.epoch && frame.first === begins) return 'appended';
  if (frame.epoch > head.epoch) return 'gap';
  if (stored() === frame.id) return 'duplicate';
  if (isAtMost({ epoch: frame.epoch, seq: lastOf(frame) }, trimmed())) return 'duplicate';
  if (frame.epoch < head.epoch) return 'stale_epoch';
  return frame.first > begins ? 'gap' : 'forked';
}
