import type { TriggerView } from '@treeline/shared';
import { useCallback } from 'react';
import { countdown } from '../../state/time.ts';
import { Button } from '../../ui/button.tsx';
import { KeyHint } from '../../ui/key-hint.tsx';
import { useNow } from '../use-now.ts';
import { ProblemNote } from '../problem-note.tsx';
import { useMay, useRelay, useWorld } from '../relay-context.ts';
import { useAction } from '../use-action.ts';
import { useKeys } from '../use-keys.ts';

interface WithParentProps {
  readonly trigger: TriggerView;
  readonly current: boolean;
}

/** The parent has it still, and for how long; whoever cannot wait takes it over. */
export function WithParent({ trigger, current }: WithParentProps) {
  const relay = useRelay();
  const now = useNow(1_000);
  const { id, escalatesAt } = trigger;
  const mayAnswer = useMay('answer');
  const online = useWorld((world) => world.link === 'online');
  const takeOver = useAction(useCallback(() => relay.takeOver(id), [relay, id]));
  useKeys(current && online && mayAnswer && !takeOver.busy ? { p: () => void takeOver.run() } : {});
  return (
    <div className="flex flex-wrap items-center gap-x-2 text-[0.875rem] text-waiting">
      <span>
        <span aria-hidden="true">↑ </span>with parent
        {escalatesAt !== undefined && `, ${countdown(escalatesAt, now)} left`}
      </span>
      {mayAnswer && (
        <Button
          look="quiet"
          className="px-2 text-accent"
          disabled={!online}
          busy={takeOver.busy}
          onClick={() => void takeOver.run()}
        >
          {current && <KeyHint>p</KeyHint>}
          Take over
        </Button>
      )}
      <ProblemNote problem={takeOver.problem} />
    </div>
  );
}
