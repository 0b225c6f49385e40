import type { TriggerView } from '@treeline/shared';
import { useState } from 'react';
import { inline } from '../../state/plain-text.ts';
import { TRIGGER_WORDS } from '../../state/words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useMay } from '../relay-context.ts';
import { TriggerCard } from '../inbox/trigger-card.tsx';

interface WaitingBarProps {
  /** Open triggers of the session and of everything below it. */
  readonly triggers: readonly TriggerView[];
  readonly sessionId: string;
}

/** What waits in this session or below it, always in sight. */
export function WaitingBar({ triggers, sessionId }: WaitingBarProps) {
  const [shown, setShown] = useState<string>();
  const mayAnswer = useMay('answer');
  const card = triggers.find(({ id }) => id === shown);
  const [first] = triggers;
  if (shown !== undefined && card === undefined) setShown(undefined);
  if (first === undefined) return null;
  const from = first.sessionId === sessionId ? 'This session' : (first.path.at(-1)?.title ?? first.title);
  return (
    <div className="border-t border-attention-edge bg-attention-soft px-4 py-1.5 text-attention">
      <div className="mx-auto flex w-full max-w-[76ch] items-center gap-3">
        <p className="min-w-0 flex-1 truncate">
          <span aria-hidden="true">{TRIGGER_WORDS[first.type].glyph} </span>
          <span className="font-semibold">{from}</span>: {first.permission?.command ?? inline(first.text)}
        </p>
        {triggers.length > 1 && <span className="whitespace-nowrap">+{triggers.length - 1}</span>}
        <Button onClick={() => setShown(first.id)}>{mayAnswer ? 'Answer' : 'Look'}</Button>
      </div>
      {card !== undefined && (
        <Dialog title={TRIGGER_WORDS[card.type].text} shape="sheet" onClose={() => setShown(undefined)}>
          <div className="text-text">
            <TriggerCard trigger={card} inSession={card.sessionId === sessionId} />
          </div>
        </Dialog>
      )}
    </div>
  );
}
