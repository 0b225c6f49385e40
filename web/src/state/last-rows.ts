/** The end of a transcript, for what holds only so much. */
import { rowText } from './row-text.ts';
import type { Row } from './rows.ts';

/** The last `count` rows, or as many of them as have no more than `chars` letters; the last one in any case. */
export function lastRows(rows: readonly Row[], { count, chars }: { count: number; chars: number }): readonly Row[] {
  let left = chars;
  let from = rows.length;
  for (; from > Math.max(0, rows.length - count); from--) {
    const row = rows[from - 1];
    if (row === undefined) break;
    left -= rowText(row).length;
    if (left < 0 && from < rows.length) break;
  }
  return from === 0 ? rows : rows.slice(from);
}
