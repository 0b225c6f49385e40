import { memo, useEffect, useRef, useState } from 'react';
import { finishedMessages } from '../../../state/finished.ts';
import type { Row } from '../../../state/rows.ts';

const PAUSE_MS = 1_000;

/** Finished messages for those who listen: only what came since the page was opened, and no tokens. */
export const FinishedLog = memo(function FinishedLog({ rows }: { readonly rows: readonly Row[] }) {
  const [since] = useState(() => rows.at(-1)?.key);
  const latest = useRef(rows);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [heard, setHeard] = useState<{ rows: readonly Row[]; resting: Row | undefined }>({ rows, resting: undefined });
  useEffect(() => {
    latest.current = rows;
    // Once a second, however often they change; and once more, to see that the last one rests.
    if (rows === heard.rows && rows.at(-1) === heard.resting) return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setHeard((before) => ({ rows: latest.current, resting: before.rows.at(-1) }));
    }, PAUSE_MS);
  }, [rows, heard]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return (
    <div role="log" aria-label="Finished messages" className="sr-only">
      {finishedMessages(heard.rows, { since, resting: heard.resting }).map(({ key, text }) => (
        <p key={key}>{text}</p>
      ))}
    </div>
  );
});
