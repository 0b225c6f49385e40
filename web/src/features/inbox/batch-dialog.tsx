import type { TriggerView } from '@treeline/shared';
import { useCallback, useState } from 'react';
import { requestKey } from '../../relay/request-key.ts';
import { isDangerous } from '../../state/danger.ts';
import { inline } from '../../state/plain-text.ts';
import { isOpen } from '../../state/triggers.ts';
import { endingOf } from '../../state/words.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay, useTitleOf, useWorld } from '../relay-context.ts';
import { useAction } from '../use-action.ts';
import { AnswerButton } from './answer-button.tsx';
import { isYes, offeredAnswers, sameAnswer, type OfferedAnswer } from './answer.ts';

interface BatchDialogProps {
  readonly triggers: readonly TriggerView[];
  readonly onClose: () => void;
}

/** Alike decisions, each with what exactly it would let happen, and one answer for all of them. */
export function BatchDialog({ triggers, onClose }: BatchDialogProps) {
  const relay = useRelay();
  const titleOf = useTitleOf();
  const known = useWorld((world) => world.triggers);
  const online = useWorld((world) => world.link === 'online');
  const [keys] = useState(() => new Map(triggers.map(({ id }) => [id, requestKey()])));
  const now = triggers.map((trigger) => known.get(trigger.id) ?? trigger);
  const waiting = now.filter(isOpen);
  const answer = useAction(
    useCallback(
      async (offered: OfferedAnswer) => {
        const sent = await Promise.allSettled(
          triggers.map(async (trigger) => {
            const own = sameAnswer(trigger, offered);
            // What came to an end meanwhile says so in its line.
            if (own !== undefined)
              await relay.respond(trigger.id, { ...own, key: keys.get(trigger.id) ?? requestKey() });
          }),
        );
        const failed = sent.find((one) => one.status === 'rejected');
        if (failed !== undefined) throw failed.reason;
        onClose();
      },
      [relay, triggers, keys, onClose],
    ),
  );
  const [first] = triggers;
  if (first === undefined) return null;
  return (
    <Dialog title={`${triggers.length} alike`} shape="sheet" onClose={onClose}>
      <div className="flex flex-col gap-3">
        <ol className="flex max-h-[45dvh] flex-col gap-2 overflow-y-auto" tabIndex={0} aria-label="What is answered">
          {now.map((trigger) => (
            <li key={trigger.id} className="rounded-lg border border-line p-3">
              <p className="text-[0.8125rem] text-muted">
                {trigger.path.map(({ title }) => title).join(' › ')}
                {trigger.runnerName !== undefined && ` @ ${trigger.runnerName}`}
              </p>
              {trigger.permission?.command === undefined ? (
                <p dir="auto" className="break-words">
                  {inline(trigger.text)}
                </p>
              ) : (
                <pre className="font-mono text-[0.8125rem] break-all whitespace-pre-wrap">
                  {trigger.permission.command}
                </pre>
              )}
              {!isOpen(trigger) && <p className="text-[0.8125rem] font-medium">{endingOf(trigger, titleOf)}</p>}
            </li>
          ))}
        </ol>
        <ProblemNote problem={answer.problem} />
        {offeredAnswers(first).map((offered) => (
          <AnswerButton
            key={offered.label}
            offered={{ ...offered, label: `${offered.label}: all ${waiting.length}` }}
            held={
              isYes(offered) && waiting.some(({ permission }) => permission !== undefined && isDangerous(permission))
            }
            shortcut={undefined}
            busy={answer.busy}
            disabled={!online || waiting.length === 0}
            onAnswer={() => void answer.run(offered)}
          />
        ))}
      </div>
    </Dialog>
  );
}
