import { useState } from 'react';
import { Button, type ButtonLook } from './button.tsx';
import { focusOn } from './focus-on.ts';

interface ConfirmedProps {
  /** What it does: `Revoke`. */
  readonly word: string;
  /** To what; read aloud. */
  readonly of: string;
  /** What is asked, where the word does not say it all. */
  readonly question?: string;
  /** Of the button that does it; default: danger. */
  readonly look?: ButtonLook;
  readonly busy: boolean;
  readonly onConfirm: () => void;
}

/** A button that asks once more, in its own place. */
export function Confirmed({ word, of, question, look = 'danger', busy, onConfirm }: ConfirmedProps) {
  const [asking, setAsking] = useState(false);
  if (!asking)
    return (
      <Button look="quiet" aria-label={`${word}: ${of}`} onClick={() => setAsking(true)}>
        {word}
      </Button>
    );
  return (
    <div className="flex flex-wrap items-center justify-end gap-1">
      {question !== undefined && <span className="text-right text-[0.875rem] max-sm:basis-full">{question}</span>}
      <Button
        look={look}
        busy={busy}
        onClick={() => {
          setAsking(false);
          onConfirm();
        }}
      >
        {word}
      </Button>
      <Button look="quiet" ref={focusOn} onClick={() => setAsking(false)}>
        Keep
      </Button>
    </div>
  );
}
