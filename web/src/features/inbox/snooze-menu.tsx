import { relayNow } from '../../relay/clock.ts';
import type { TriggerView } from '@treeline/shared';
import { AlarmClock } from 'lucide-react';
import { useCallback } from 'react';
import { HOUR, SNOOZES } from '../../state/snooze.ts';
import { Menu } from '../../ui/menu.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';
import { useKeys } from '../use-keys.ts';

interface SnoozeMenuProps {
  readonly trigger: TriggerView;
  readonly current: boolean;
}

/** Puts a decision off, on every device; it stays open and comes back by itself. */
export function SnoozeMenu({ trigger: { id }, current }: SnoozeMenuProps) {
  const relay = useRelay();
  const snooze = useAction(useCallback((until: number) => relay.snooze(id, until), [relay, id]));
  useKeys(current ? { z: () => void snooze.run(HOUR.untilFrom(relayNow())) } : {});
  return (
    <>
      <Menu
        label="Put it off"
        icon={<AlarmClock aria-hidden="true" size={20} />}
        className="size-12 border-edge! bg-surface!"
        items={SNOOZES.map(({ text, untilFrom }) => ({ text, onChoose: () => void snooze.run(untilFrom(relayNow())) }))}
      />
      <ProblemNote problem={snooze.problem} />
    </>
  );
}
