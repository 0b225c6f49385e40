/** Whether a frame follows its log. */
import type { Frame, FrameId } from '@treeline/shared';
import type { AppendResult, LogHead } from '../../ports/store.ts';

export type Verdict = Exclude<AppendResult['status'], 'fenced'>;

export const EMPTY: LogHead = { epoch: 0, seq: 0, frame: null };

/** Also shared's `lastSeq`; written again because importing it would load every schema into the store thread. */
export const lastOf = ({ first, count }: Pick<Frame, 'first' | 'count'>): number => first + count - 1;

export const headAfter = (frame: Frame): LogHead => ({ epoch: frame.epoch, seq: lastOf(frame), frame: frame.id });

/** `stored` finds the frame of the log that ends where this one ends. Identity comes first: what is there is no problem. */
export function judge(frame: Frame, head: LogHead, stored: () => FrameId | undefined): Verdict {
  const begins = frame.epoch > head.epoch ? 1 : head.seq + 1;
  if (frame.epoch >= head.epoch && frame.first === begins) return 'appended';
  if (frame.epoch > head.epoch) return 'gap';
  if (stored() === frame.id) return 'duplicate';
  if (frame.epoch < head.epoch) return 'stale_epoch';
  return frame.first > begins ? 'gap' : 'forked';
}
