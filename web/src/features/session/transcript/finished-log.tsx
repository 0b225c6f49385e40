import { useState } from 'react';
import type { Row } from '../../../state/rows.ts';

const KEPT = 5;

/** Finished messages for those who listen: only what came since the page was opened, and no tokens. */
export function FinishedLog({ rows }: { readonly rows: readonly Row[] }) {
  const [opened] = useState(() => rows.at(-1)?.key);
  const from = rows.findLastIndex(({ key }) => key === opened);
  const fresh = rows.slice(Math.max(from + 1, rows.length - KEPT * 4)).flatMap((row) => {
    const text = spoken(row);
    return text === undefined ? [] : [{ key: row.key, text }];
  });
  return (
    <div role="log" aria-label="Finished messages" className="sr-only">
      {fresh.slice(-KEPT).map(({ key, text }) => (
        <p key={key}>{text}</p>
      ))}
    </div>
  );
}

function spoken(row: Row): string | undefined {
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
