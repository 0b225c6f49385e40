import { useState } from 'react';
import { plainText } from '../../../state/plain-text.ts';
import { Button } from '../../../ui/button.tsx';

const HEAD = 24;
const TAIL = 16;

/** Text of a program: its head and tail when it is long. */
export function OutputView({ label, text }: { readonly label: string; readonly text: string }) {
  const [whole, setWhole] = useState(false);
  const lines = plainText(text).split('\n');
  const hidden = lines.length - HEAD - TAIL;
  const folded = hidden > 4 && !whole;
  return (
    <div className="flex flex-col gap-1">
      <p className="text-[0.8125rem] font-medium text-muted">{label}</p>
      <Block label={label} text={(folded ? lines.slice(0, HEAD) : lines).join('\n')} />
      {folded && (
        <>
          <Button look="quiet" className="self-start px-2 text-accent" onClick={() => setWhole(true)}>
            {hidden} more lines
          </Button>
          <Block label={`${label}, its end`} text={lines.slice(-TAIL).join('\n')} />
        </>
      )}
    </div>
  );
}

function Block({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <pre
      tabIndex={0}
      role="group"
      aria-label={label}
      className="max-h-[28rem] overflow-auto rounded-md bg-sunken p-2 font-mono text-[0.8125rem] break-words whitespace-pre-wrap"
    >
      {text}
    </pre>
  );
}
