import { ArrowDown } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { LiveText, Row } from '../../state/rows.ts';
import { clockText } from '../../state/time.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Moment } from '../../ui/moment.tsx';
import { useHand } from '../../ui/use-hand.ts';
import { FinishedLog } from './finished-log.tsx';
import { LiveRow } from './live-row.tsx';
import { RowView } from './row-view.tsx';

interface TranscriptViewProps {
  readonly rows: readonly Row[];
  readonly live: readonly LiveText[];
  readonly earlier: boolean;
  readonly loadingEarlier: boolean;
  readonly onEarlier: () => void;
  /** The entry that the address names. */
  readonly target: string | undefined;
}

/** Within this of the end, the view follows what comes. */
const NEAR_END_PX = 80;

/** The rows, of which only those in sight are in the page; it opens at the end and stays there until somebody scrolls up. */
export function TranscriptView({ rows, live, earlier, loadingEarlier, onEarlier, target }: TranscriptViewProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const following = useRef(true);
  const [seen, setSeen] = useState(rows.length);
  const [atEnd, setAtEnd] = useState(true);
  const first = rows[0]?.key;
  const [prepended, setPrepended] = useState({ first, count: rows.length, shift: false });
  // Rows that come before the first leave what is read where it is.
  if (prepended.first !== first || prepended.count !== rows.length) {
    setPrepended({ first, count: rows.length, shift: prepended.first !== first && prepended.count > 0 });
  }

  const toEnd = () => {
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  };
  useLayoutEffect(() => {
    if (following.current && target === undefined) toEnd();
  }, [rows, live, target]);
  useEffect(() => {
    // Rows grow when their text is laid out, folded or opened.
    const element = scroller.current?.firstElementChild;
    if (element === null || element === undefined) return;
    const observer = new ResizeObserver(() => {
      if (following.current) toEnd();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const targetAt = target === undefined ? -1 : rows.findIndex(({ key }) => key === target);
  useEffect(() => {
    if (targetAt < 0) return;
    following.current = false;
    list.current?.scrollToIndex(targetAt, { align: 'center' });
  }, [targetAt]);

  // Rows that grow move the view as well; only a hand on it ends the following.
  const { moves: byHand, letGo } = useHand(scroller);
  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    if (near) following.current = true;
    else if (byHand()) following.current = false;
    setAtEnd(following.current);
    if (following.current) setSeen(rows.length);
  };
  const below = Math.max(0, rows.length - seen);
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label="Transcript"
        onScroll={onScroll}
        className="h-full overflow-y-auto overscroll-contain px-4 -outline-offset-2!"
      >
        <div className="mx-auto w-full max-w-[76ch] py-4">
          {earlier && (
            <div className="flex justify-center pb-3">
              <Button look="quiet" className="text-accent" busy={loadingEarlier} onClick={onEarlier}>
                {loadingEarlier ? 'Loading …' : 'Show earlier'}
              </Button>
            </div>
          )}
          {rows.length === 0 && live.length === 0 && <Empty title="Nothing here yet">It shows as it happens.</Empty>}
          <Virtualizer ref={list} scrollRef={scroller} shift={prepended.shift} startMargin={earlier ? 72 : 16}>
            {rows.map((row, at) => (
              <div
                key={row.key}
                id={`e-${row.key}`}
                className={row.key === target ? 'rounded-lg bg-accent-soft pb-3' : 'pb-3'}
              >
                <TimeLine row={row} before={rows[at - 1]} />
                <RowView row={row} />
              </div>
            ))}
          </Virtualizer>
          {live.map((text, at) => (
            <LiveRow key={at} live={text} />
          ))}
        </div>
      </div>
      {!atEnd && (
        <div className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
          <Button
            className="pointer-events-auto rounded-full shadow-md"
            onClick={() => {
              letGo();
              following.current = true;
              setAtEnd(true);
              setSeen(rows.length);
              toEnd();
            }}
          >
            <ArrowDown aria-hidden="true" size={18} />
            {below > 0 ? `${below} new below` : 'To the end'}
          </Button>
        </div>
      )}
      <FinishedLog rows={rows} />
    </div>
  );
}

/** A pause in what happened, as the time at which it went on. */
function TimeLine({ row, before }: { readonly row: Row; readonly before: Row | undefined }) {
  if (before !== undefined && row.at - before.at < PAUSE_MS) return null;
  return (
    <p className="pb-2 text-center text-[0.8125rem] text-muted">
      <Moment at={row.at} text={clockText(row.at)} />
    </p>
  );
}

const PAUSE_MS = 5 * 60_000;
