/** Unfinished output as rows, joined to what is already finished, so that nothing jumps when a piece of it is. */
import { formatPosition } from './position.ts';
import type { LiveText, Row, Transcript } from './rows.ts';

/** The rows with what is being said right now: it goes on in the last row when that is of the same message. */
export function withLive(rows: readonly Row[], { live, cursor }: Pick<Transcript, 'live' | 'cursor'>): readonly Row[] {
  if (live.length === 0) return rows;
  const joined = [...rows];
  for (const [at, text] of live.entries()) {
    const last = joined.at(-1);
    if (at === 0 && last !== undefined && continues(last, text))
      joined[joined.length - 1] = { ...last, text: last.text + text.text, live: true };
    // The piece that will be stored has most likely this place: the row then stays the same row.
    else
      joined.push(
        liveRow(text, { key: formatPosition({ ...cursor, seq: cursor.seq + 1 + at }), at: joined.at(-1)?.at ?? 0 }),
      );
  }
  return joined;
}

type TextRow = Extract<Row, { kind: 'agent' | 'thought' }>;

function continues(row: Row, live: LiveText): row is TextRow {
  return row.kind === live.kind && row.messageId === live.messageId;
}

function liveRow({ kind, text, messageId }: LiveText, base: { key: string; at: number }): TextRow {
  return kind === 'agent'
    ? { ...base, kind, text, messageId, plain: false, live: true }
    : { ...base, kind, text, messageId, live: true };
}
