import type { TriggerView } from '@treeline/shared';
import { receiptOf } from '../../state/triggers.ts';
import { endingOf } from '../../state/words.ts';
import { useTitleOf, useWorld } from '../relay-context.ts';
import { ReceiptLine } from './receipt-line.tsx';

/** How it ended, and how far the answer has come. */
export function Closed({ trigger }: { readonly trigger: TriggerView }) {
  const titleOf = useTitleOf();
  const runner = useWorld((world) => world.runners.get(world.sessions.get(trigger.sessionId)?.runnerId ?? ''));
  const receipt = receiptOf(trigger);
  const response = trigger.state.state === 'answered' ? trigger.state.response : '';
  return (
    <div className="flex flex-col gap-2 rounded-lg bg-sunken p-3">
      <p role="status" className="font-medium">
        {endingOf(trigger, titleOf)}
      </p>
      {response !== '' && (
        <p dir="auto" className="line-clamp-4 break-words whitespace-pre-wrap">
          {response}
        </p>
      )}
      {receipt !== undefined && (
        <ReceiptLine
          receipt={receipt}
          sessionId={trigger.sessionId}
          runnerAway={runner?.online === false ? runner.profile.name : undefined}
        />
      )}
    </div>
  );
}
