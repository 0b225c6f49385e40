import { useMemo } from 'react';
import { spansOf, ticksOf, type Span } from '../../../state/history.ts';
import { linesOf, type TreeNode } from '../../../state/tree.ts';
import { DESKTOP, useMedia } from '../../../ui/use-media.ts';
import { useNow } from '../../use-now.ts';
import { TimelineAxis } from './timeline-axis.tsx';
import { TimelineRow } from './timeline-row.tsx';
import { useHistory } from './use-history.ts';

interface TimelineProps {
  readonly tree: TreeNode;
  readonly selected: string;
  readonly peeked: string | undefined;
  readonly onPeek: (id: string) => void;
  readonly onOpen: (id: string) => void;
}

const TICKS = { wide: 5, narrow: 2 };

/** Who worked and who waited, and when: one row for each session, all on one axis. */
export function Timeline({ tree, selected, peeked, onPeek, onOpen }: TimelineProps) {
  const { facts, triggers } = useHistory(tree);
  const now = useNow(1_000);
  const lines = useMemo(() => linesOf([tree], () => false), [tree]);
  const rows = lines.map((line) => {
    const { session } = line.node;
    const own = facts.get(session.id) ?? [];
    return { line, spans: spansOf({ session, facts: own, triggers }, now) };
  });
  const from = Math.min(
    ...lines.map(({ node }) => node.session.createdAt),
    ...rows.flatMap(({ spans }) => starts(spans)),
  );
  const isLive = lines.some(({ node }) => node.session.lifecycle.state !== 'ended');
  const until = isLive ? now : Math.max(...lines.map(({ node }) => node.session.lifecycle.since));
  const axis = { from, until: Math.max(until, from + 1_000) };
  const ticks = ticksOf(axis.from, axis.until, useMedia(DESKTOP) ? TICKS.wide : TICKS.narrow);
  return (
    <div className="min-h-0 flex-1 overflow-y-auto p-2">
      <TimelineAxis axis={axis} ticks={ticks} />
      <ol aria-label="Timeline" className="flex flex-col">
        {rows.map(({ line, spans }) => (
          <TimelineRow
            key={line.node.session.id}
            line={line}
            spans={spans}
            axis={axis}
            ticks={ticks.at}
            isSelected={line.node.session.id === selected}
            isPeeked={line.node.session.id === peeked}
            onPeek={() => onPeek(line.node.session.id)}
            onOpen={() => onOpen(line.node.session.id)}
          />
        ))}
      </ol>
    </div>
  );
}

function starts(spans: readonly Span[]): number[] {
  return spans.map(({ from }) => from);
}
