import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { Row } from '../../../state/rows.ts';
import { Button } from '../../../ui/button.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { useKeys } from '../../use-keys.ts';
import { FinishedLog } from './finished-log.tsx';
import { RowFrame } from './row-frame.tsx';
import { useFollowing } from './use-following.ts';

interface TranscriptViewProps {
  readonly sessionId: string;
  /** Finished ones, and behind them what is being said. */
  readonly rows: readonly Row[];
  readonly earlier: boolean;
  /** What came before was removed on the relay. */
  readonly removed: boolean;
  readonly loadingEarlier: boolean;
  readonly onEarlier: () => void;
  /** The entry that the address names. */
  readonly target: string | undefined;
}

/** The rows, of which only those in sight are in the page; it opens at the end and stays there until somebody scrolls up. */
export function TranscriptView(props: TranscriptViewProps) {
  const { sessionId, rows, earlier, removed, loadingEarlier, onEarlier, target } = props;
  const list = useRef<VirtualizerHandle>(null);
  const first = rows[0]?.key;
  const [prepended, setPrepended] = useState({ first, count: rows.length, shift: false });
  // Rows that come before the first leave what is read where it is.
  if (prepended.first !== first || prepended.count !== rows.length) {
    setPrepended({ first, count: rows.length, shift: prepended.first !== first && prepended.count > 0 });
  }
  const { scroller, atEnd, below, onScroll, toEnd, stop } = useFollowing({ of: rows, elsewhere: target !== undefined });
  const targetAt = target === undefined ? -1 : rows.findIndex(({ key }) => key === target);
  useEffect(() => {
    if (targetAt < 0) return;
    list.current?.scrollToIndex(targetAt, { align: 'center' });
  }, [targetAt]);

  const toPreviousTurn = () => {
    const view = list.current;
    if (view === null) return;
    const top = view.findItemIndex(view.scrollOffset + 1);
    const at = rows.findLastIndex(({ kind }, index) => kind === 'user' && index < top);
    stop();
    view.scrollToIndex(Math.max(0, at), { align: 'start' });
  };
  useKeys({ u: toPreviousTurn });
  const hasTurns = rows.some(({ kind }) => kind === 'user');
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label="Transcript"
        onScroll={onScroll}
        className="h-full overflow-x-hidden overflow-y-auto overscroll-contain px-4 -outline-offset-2! lg:px-12"
      >
        <div className="mx-auto w-full max-w-[76ch] py-4">
          {earlier && (
            <div className="flex justify-center pb-3">
              <Button look="quiet" className="text-accent" busy={loadingEarlier} onClick={onEarlier}>
                {loadingEarlier ? 'Loading …' : 'Show earlier'}
              </Button>
            </div>
          )}
          {removed && !earlier && <p className="pb-3 text-center text-sm text-muted">Earlier entries were removed.</p>}
          {rows.length === 0 && <Empty title="Nothing here yet">It shows as it happens.</Empty>}
          <Virtualizer
            ref={list}
            data={rows}
            scrollRef={scroller}
            shift={prepended.shift}
            startMargin={earlier ? 72 : removed ? 48 : 16}
          >
            {(row: Row, at) => (
              <RowFrame
                key={row.key}
                sessionId={sessionId}
                row={row}
                before={rows[at - 1]}
                isTarget={row.key === target}
              />
            )}
          </Virtualizer>
        </div>
      </div>
      {!atEnd && (
        <div className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
          <Button className="pointer-events-auto rounded-full shadow-md" onClick={toEnd}>
            <ArrowDown aria-hidden="true" size={18} />
            {below > 0 ? `${below} new below` : 'To the end'}
          </Button>
        </div>
      )}
      {hasTurns && (
        <IconButton
          label="To the turn before"
          icon={<ArrowUp aria-hidden="true" size={18} />}
          look="plain"
          aria-keyshortcuts="u"
          className="absolute! right-3 bottom-3 rounded-full! border-line! shadow-sm"
          onClick={toPreviousTurn}
        />
      )}
      <FinishedLog rows={rows} />
    </div>
  );
}
