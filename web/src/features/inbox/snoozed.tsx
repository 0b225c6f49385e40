import type { TriggerView } from '@treeline/shared';
import { useCallback } from 'react';
import { clockText, dayText, isSameDay } from '../../state/time.ts';
import { useNow } from '../use-now.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay, useWorld } from '../relay-context.ts';
import { useAction } from '../use-action.ts';

/** Until when it was put off, and how to have it back before. */
export function Snoozed({ trigger: { id, snoozedUntil = 0 } }: { readonly trigger: TriggerView }) {
  const relay = useRelay();
  const now = useNow(60_000);
  const online = useWorld((world) => world.link === 'online');
  const back = useAction(useCallback(() => relay.snooze(id, null), [relay, id]));
  const day = isSameDay(snoozedUntil, now) ? '' : `${dayText(snoozedUntil)}, `;
  return (
    <div className="flex flex-wrap items-center gap-x-2 text-[0.875rem] text-waiting">
      <span>
        <span aria-hidden="true">☾ </span>put off until {day}
        {clockText(snoozedUntil)}
      </span>
      <Button
        look="quiet"
        className="px-2 text-accent"
        disabled={!online}
        busy={back.busy}
        onClick={() => void back.run()}
      >
        Bring it back
      </Button>
      <ProblemNote problem={back.problem} />
    </div>
  );
}
