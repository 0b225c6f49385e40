import { sumsOf, type Span } from '../../../state/history.ts';
import { durationText } from '../../../state/time.ts';
import type { TreeLine } from '../../../state/tree.ts';
import { STATUS_WORDS } from '../../../state/words.ts';
import { classes } from '../../../ui/classes.ts';
import { shareOf, type Axis } from './axis.ts';

interface TimelineRowProps {
  readonly line: TreeLine;
  readonly spans: readonly Span[];
  readonly axis: Axis;
  readonly ticks: readonly number[];
  readonly isSelected: boolean;
  readonly isPeeked: boolean;
  readonly onPeek: () => void;
  readonly onOpen: () => void;
}

/** What each kind looks like: its height and place within the row tell it apart without colour. */
const BARS: Readonly<Record<Span['kind'], { y: number; height: number; className: string }>> = {
  starting: { y: 17, height: 10, className: 'fill-waiting' },
  working: { y: 12, height: 20, className: 'fill-working' },
  asking: { y: 8, height: 28, className: 'fill-attention-edge' },
  idle: { y: 20, height: 4, className: 'fill-edge' },
  asleep: { y: 21, height: 2, className: 'fill-edge' },
};

/** One session over time; what the bars show is said in its name. */
export function TimelineRow(props: TimelineRowProps) {
  const { line, spans, axis, ticks, isSelected, isPeeked, onPeek, onOpen } = props;
  const { session } = line.node;
  const word = STATUS_WORDS[session.status];
  const { worked, asked } = sumsOf(spans);
  const told = [
    `worked ${durationText(worked)}`,
    asked > 0 && `waited ${durationText(asked)} for answers`,
    `now ${word.text}`,
  ];
  return (
    <li>
      <button
        type="button"
        aria-label={`${session.title}: ${told.filter(Boolean).join(', ')}`}
        aria-pressed={isPeeked}
        onClick={(event) => (event.detail === 0 ? onOpen() : onPeek())}
        onDoubleClick={onOpen}
        onKeyDown={(event) => {
          if (event.key !== ' ') return;
          event.preventDefault();
          onPeek();
        }}
        className={classes(
          'flex h-11 w-full items-center rounded-lg text-left -outline-offset-2! hover:bg-hover',
          isSelected && 'bg-accent-soft',
          isPeeked && 'outline-2 outline-edge',
        )}
      >
        <span
          className="flex w-36 shrink-0 items-baseline gap-1.5 pr-2 text-[0.875rem] sm:w-56"
          style={{ paddingLeft: `${(line.level - 1) * 0.75 + 0.5}rem` }}
        >
          <span aria-hidden="true" className="w-4 shrink-0 text-center text-[0.75rem] text-muted">
            {word.glyph}
          </span>
          <span dir="auto" className="truncate font-medium">
            {session.title}
          </span>
        </span>
        <svg aria-hidden="true" className="h-11 min-w-0 flex-1" width="100%" height="44">
          {ticks.map((at) => (
            <rect key={at} x={`${shareOf(axis, at)}%`} y={0} width={1} height={44} className="fill-line" />
          ))}
          {spans.map(({ kind, from, until }) => {
            const x = shareOf(axis, from);
            const { className, y, height } = BARS[kind];
            return (
              <rect
                key={`${kind}-${from}`}
                x={`${x}%`}
                y={y}
                width={`${Math.max(0.4, shareOf(axis, until) - x)}%`}
                height={height}
                rx={2}
                className={className}
              >
                <title>{`${kind} ${durationText(until - from)}`}</title>
              </rect>
            );
          })}
        </svg>
      </button>
    </li>
  );
}
