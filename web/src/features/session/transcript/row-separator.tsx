import type { Row } from '../../../state/rows.ts';
import { clockText, dayText, isSameDay } from '../../../state/time.ts';
import { Moment } from '../../../ui/moment.tsx';

interface RowSeparatorProps {
  readonly row: Row;
  readonly before: Row | undefined;
}

const PAUSE_MS = 5 * 60_000;

/** What lies between two rows: another day, a new turn, or a pause as the time at which it went on. */
export function RowSeparator({ row, before }: RowSeparatorProps) {
  const newDay = before === undefined || !isSameDay(row.at, before.at);
  const newTurn = before !== undefined && row.kind === 'user';
  if (!newDay && !newTurn && row.at - before.at < PAUSE_MS) return null;
  const text = newDay ? `${dayText(row.at)}, ${clockText(row.at)}` : clockText(row.at);
  return (
    <div className="flex items-center gap-3 pt-1 pb-3 text-[0.8125rem] text-muted">
      <span aria-hidden="true" className={newTurn || newDay ? 'h-px flex-1 bg-line' : 'flex-1'} />
      <Moment at={row.at} text={text} />
      <span aria-hidden="true" className={newTurn || newDay ? 'h-px flex-1 bg-line' : 'flex-1'} />
    </div>
  );
}
