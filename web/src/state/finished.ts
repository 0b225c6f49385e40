/** What is said aloud of a transcript: what is finished, and of a long text its beginning. */
import type { Row } from './rows.ts';

const KEPT = 5;
/** A tool call and a thought are no message: this many rows hold the last messages. */
const LOOKED_AT = KEPT * 4;
const CHARS = 1_000;

export interface Spoken {
  readonly key: string;
  readonly text: string;
}

/**
 * The last messages after the row `since`. `resting`: the last row as it was a moment ago; while it has changed since
 * then, it still grows.
 */
export function finishedMessages(
  rows: readonly Row[],
  { since, resting }: { readonly since: string | undefined; readonly resting: Row | undefined },
): Spoken[] {
  const spoken: Spoken[] = [];
  for (let at = rows.length - 1; at >= Math.max(0, rows.length - LOOKED_AT); at--) {
    const row = rows[at];
    if (row === undefined || row.key === since) break;
    const grows = at === rows.length - 1 && row !== resting;
    const text = grows ? undefined : wordsOf(row);
    if (text !== undefined) spoken.unshift({ key: row.key, text: text.slice(0, CHARS) });
  }
  return spoken.slice(-KEPT);
}

function wordsOf(row: Row): string | undefined {
  switch (row.kind) {
    case 'agent':
      return row.live === true ? undefined : row.text;
    case 'asked':
      return `Asks: ${row.ask.text}`;
    case 'notice':
      return row.text;
    case 'ended':
      return `Ended: ${row.outcome}. ${row.summary ?? ''}`;
    default:
      return undefined;
  }
}
