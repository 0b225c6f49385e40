import type { DeviceView, NotificationsView } from '@treeline/shared';
import { useCallback, useEffect, useState } from 'react';
import { pushObstacle } from '../../../state/device-words.ts';
import { Button } from '../../../ui/button.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { ProblemNote } from '../../problem-note.tsx';
import { useRelay } from '../../relay-context.ts';
import { useAction } from '../../use-action.ts';
import { TestButton } from './test-button.tsx';

interface ThisDeviceProps {
  readonly view: NotificationsView;
  readonly onChanged: () => void;
}

/** The switch of the device in the hand, or why it cannot have one. */
export function ThisDevice({ view, onChanged }: ThisDeviceProps) {
  const { pushes } = useRelay();
  const [own, setOwn] = useState<DeviceView>();
  useEffect(() => void pushes.own(view).then(setOwn), [pushes, view]);
  const turn = useAction(
    useCallback(
      async (on: boolean) => {
        if (own === undefined) await pushes.join(view);
        else await pushes.change(own.id, { on });
        onChanged();
      },
      [pushes, own, view, onChanged],
    ),
  );
  const obstacle = pushObstacle(pushes.ground());
  if (obstacle !== undefined && own === undefined)
    return (
      <div className="flex flex-col gap-1 rounded-xl border border-attention-edge bg-attention-soft p-4">
        <p className="font-medium">
          <span aria-hidden="true">⚠ </span>
          {obstacle.what}
        </p>
        <p>{obstacle.hint}</p>
      </div>
    );
  return (
    <div className="flex flex-col gap-3">
      {own === undefined ? (
        <div className="flex flex-col items-start gap-2">
          <p>This browser gets no notifications yet.</p>
          <Button look="primary" busy={turn.busy} onClick={() => void turn.run(true)}>
            Notify me on this device
          </Button>
        </div>
      ) : (
        <>
          <Switch
            label={own.name}
            hint={own.on ? 'Notifications arrive here' : 'Switched off: nothing arrives here'}
            on={own.on}
            busy={turn.busy}
            onChange={(on) => void turn.run(on)}
          />
          <TestButton to={own.id} onTested={onChanged} />
        </>
      )}
      <ProblemNote problem={turn.problem} />
    </div>
  );
}
