import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { HoldButton } from '../../ui/hold-button.tsx';
import { KeyHint } from '../../ui/key-hint.tsx';
import type { OfferedAnswer } from './answer.ts';

interface AnswerButtonProps {
  readonly offered: OfferedAnswer;
  /** What it allows cannot be taken back. */
  readonly held: boolean;
  readonly shortcut: string | undefined;
  readonly busy: boolean;
  readonly disabled: boolean;
  readonly onAnswer: () => void;
}

/** One answer that is a press away, or a longer press. */
export function AnswerButton({ offered, held, shortcut, busy, disabled, onAnswer }: AnswerButtonProps) {
  const shared = {
    look: offered.look,
    busy,
    disabled,
    className: 'min-h-12 w-full',
    'aria-keyshortcuts': shortcut,
    'data-answer': shortcut,
  } as const;
  const label: ReactNode = (
    <>
      {shortcut !== undefined && <KeyHint>{shortcut}</KeyHint>}
      <span dir="auto" className="min-w-0 break-words">
        {offered.label}
      </span>
    </>
  );
  if (held)
    return (
      <HoldButton {...shared} onConfirm={onAnswer}>
        {label}
      </HoldButton>
    );
  return (
    <Button {...shared} onClick={onAnswer}>
      {label}
    </Button>
  );
}
