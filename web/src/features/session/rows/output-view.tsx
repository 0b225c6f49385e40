import { useMemo, useState } from 'react';
import { ansiLines } from '../../../state/ansi.ts';
import { Button } from '../../../ui/button.tsx';
import { OutputBlock } from './output-block.tsx';

const HEAD = 24;
const TAIL = 16;
/** Fewer lines than this are not worth a press. */
const WORTH_FOLDING = 5;

/** Text of a program: its head and tail when it is long. */
export function OutputView({ label, text }: { readonly label: string; readonly text: string }) {
  const [whole, setWhole] = useState(false);
  const lines = useMemo(() => ansiLines(text), [text]);
  const hidden = lines.length - HEAD - TAIL;
  const folded = hidden >= WORTH_FOLDING && !whole;
  return (
    <div className="flex flex-col gap-1">
      <p className="text-[0.8125rem] font-medium text-muted">{label}</p>
      <OutputBlock label={label} lines={folded ? lines.slice(0, HEAD) : lines} />
      {folded && (
        <>
          <Button look="quiet" className="self-start px-2 text-accent" onClick={() => setWhole(true)}>
            {hidden} more lines
          </Button>
          <OutputBlock label={`${label}, its end`} lines={lines.slice(-TAIL)} />
        </>
      )}
    </div>
  );
}
