import type { TriggerView } from '@treeline/shared';
import { useRef, useState } from 'react';
import { whyNotNow } from '../../state/away-words.ts';
import { isDangerous } from '../../state/danger.ts';
import { isSnoozed, needsPeople } from '../../state/triggers.ts';
import { Button } from '../../ui/button.tsx';
import { KeyHint } from '../../ui/key-hint.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useWorld } from '../relay-context.ts';
import { useKeys } from '../use-keys.ts';
import { AnswerButton } from './answer-button.tsx';
import { isYes, offeredAnswers, textAnswers } from './answer.ts';
import { BatchButton } from './batch-button.tsx';
import { ReplyForm } from './reply-form.tsx';
import { SnoozeMenu } from './snooze-menu.tsx';
import { useAnswering } from './use-answering.ts';

interface AnsweringProps {
  readonly trigger: TriggerView;
  /** Others that the same answer fits, itself included. */
  readonly alike: readonly TriggerView[];
  readonly current: boolean;
}

/** Everything that can be said to one trigger. */
export function Answering({ trigger, alike, current }: AnsweringProps) {
  const link = useWorld((world) => world.link);
  const online = link === 'online';
  const [writing, setWriting] = useState<number>();
  const buttons = useRef<HTMLDivElement>(null);
  const answering = useAnswering(trigger);
  const offered = offeredAnswers(trigger);
  const texts = textAnswers(trigger);
  const open = writing === undefined ? undefined : texts[writing];
  const dangerous = trigger.permission !== undefined && isDangerous(trigger.permission);
  // A key presses the button that is seen, so that what has to be confirmed there has to be confirmed by key too.
  const press = (at: number) => {
    const button = buttons.current?.querySelector<HTMLElement>(`[data-answer="${at + 1}"]`);
    button?.focus();
    button?.click();
  };
  const keys: Record<string, () => void> = {};
  if (current) {
    offered.slice(0, 9).forEach((_, at) => {
      keys[String(at + 1)] = () => press(at);
    });
    const yes = offered.findIndex(isYes);
    if (yes >= 0) keys['a'] = () => press(yes);
    const no = offered.findIndex(({ answer }) => answer.action === 'deny');
    const refusal = texts.findIndex(({ action }) => action === 'reject');
    if (no >= 0) keys['d'] = () => press(no);
    else if (refusal >= 0) keys['d'] = () => setWriting(refusal);
    if (texts.length > 0) keys['r'] = () => setWriting(0);
    keys['Escape'] = () => setWriting(undefined);
  }
  useKeys(keys);
  return (
    <div ref={buttons} className="flex flex-col gap-2">
      {offered.map((one, at) => (
        <AnswerButton
          key={`${at}-${one.label}`}
          offered={one}
          held={dangerous && isYes(one)}
          shortcut={current && at < 9 ? String(at + 1) : undefined}
          busy={answering.busy}
          disabled={!online}
          onAnswer={() => void answering.run(one.answer)}
        />
      ))}
      {open === undefined ? (
        <div className="flex flex-wrap gap-2">
          {texts.map(({ send }, at) => (
            <Button
              key={send}
              className="min-h-12 flex-1"
              disabled={!online || answering.busy}
              onClick={() => setWriting(at)}
            >
              {current && at === 0 && <KeyHint>r</KeyHint>}
              {send}…
            </Button>
          ))}
          {online && needsPeople(trigger) && !isSnoozed(trigger) && <SnoozeMenu trigger={trigger} current={current} />}
        </div>
      ) : (
        <ReplyForm
          key={open.send}
          answer={open}
          busy={answering.busy}
          disabled={!online}
          onCancel={() => setWriting(undefined)}
          onSend={(response) =>
            void answering.run({ response, ...(open.action !== undefined && { action: open.action }) })
          }
        />
      )}
      {alike.length > 1 && <BatchButton triggers={alike} disabled={!online} />}
      {answering.busy && (
        <p role="status" className="text-[0.875rem] text-muted">
          Sending …
        </p>
      )}
      {!online && <p className="text-[0.875rem] text-attention">{whyNotNow(link)}</p>}
      <ProblemNote problem={answering.problem} />
    </div>
  );
}
