import { useState, type FormEvent, type KeyboardEvent } from 'react';
import { Button } from '../../ui/button.tsx';
import { CONTROL, Field } from '../../ui/field.tsx';
import type { TextAnswer } from './answer.ts';

interface ReplyFormProps {
  readonly answer: TextAnswer;
  readonly busy: boolean;
  readonly disabled: boolean;
  readonly onSend: (text: string) => void;
  readonly onCancel: () => void;
}

/** Free text to a trigger. Ctrl-Enter sends, Escape closes. */
export function ReplyForm({ answer, busy, disabled, onSend, onCancel }: ReplyFormProps) {
  const [text, setText] = useState(answer.initial);
  const send = () => {
    if (text.trim() !== '' && !disabled && !busy) onSend(text.trim());
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onCancel();
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
  };
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        send();
      }}
    >
      <Field label={answer.label}>
        {(control) => (
          <textarea
            {...control}
            // It was opened to write in it.
            // oxlint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            rows={Math.min(14, Math.max(3, answer.initial.split('\n').length + 1))}
            className={CONTROL}
            dir="auto"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={keys}
          />
        )}
      </Field>
      <div className="flex gap-2">
        <Button look="primary" type="submit" busy={busy} disabled={disabled || text.trim() === ''}>
          {answer.send}
        </Button>
        <Button look="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
