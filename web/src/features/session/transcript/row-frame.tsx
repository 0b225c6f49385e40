import { memo, useState } from 'react';
import type { Row } from '../../../state/rows.ts';
import { classes } from '../../../ui/classes.ts';
import { RowActions } from './row-actions.tsx';
import { RowSeparator } from './row-separator.tsx';
import { RowView } from './row-view.tsx';

interface RowFrameProps {
  readonly sessionId: string;
  readonly row: Row;
  readonly before: Row | undefined;
  /** The address names it. */
  readonly isTarget: boolean;
}

/** A row with what is around it: the day, the turn, the time, and what can be done with it. */
export const RowFrame = memo(function RowFrame({ sessionId, row, before, isTarget }: RowFrameProps) {
  const [touched, setTouched] = useState(false);
  const isLive = 'live' in row && row.live === true;
  return (
    // By keyboard the actions are reached as any button; only a finger needs this.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <div
      id={`e-${row.key}`}
      className={classes('group relative pb-3', isTarget && 'rounded-lg bg-accent-soft')}
      // A finger has nothing to hover with: a touch of the row shows what can be done with it.
      onClick={({ nativeEvent, target }) => {
        const byTouch = nativeEvent instanceof PointerEvent && nativeEvent.pointerType === 'touch';
        if (byTouch && target instanceof Element && target.closest('a, button, summary, pre') === null)
          setTouched(!touched);
      }}
    >
      <RowSeparator row={row} before={before} />
      <div className="relative">
        <RowView sessionId={sessionId} row={row} />
        {!isLive && <RowActions sessionId={sessionId} row={row} shown={touched} />}
      </div>
    </div>
  );
});
