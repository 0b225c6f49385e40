import type { ticksOf } from '../../../state/history.ts';
import { tickText } from '../../../state/time.ts';
import { shareOf, type Axis } from './axis.ts';

interface TimelineAxisProps {
  readonly axis: Axis;
  readonly ticks: ReturnType<typeof ticksOf>;
}

/** The times above the rows. */
export function TimelineAxis({ axis, ticks }: TimelineAxisProps) {
  return (
    <div aria-hidden="true" className="flex h-6 items-end text-[0.75rem] text-muted">
      <span className="w-36 shrink-0 sm:w-56" />
      <span className="relative h-full flex-1">
        {ticks.at.map((at) => (
          <span
            key={at}
            className="absolute bottom-0 -translate-x-1/2 whitespace-nowrap tabular-nums"
            style={{ left: `${shareOf(axis, at)}%` }}
          >
            {tickText(at, ticks.step)}
          </span>
        ))}
      </span>
    </div>
  );
}
