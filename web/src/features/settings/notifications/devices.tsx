import type { DeviceView, NotificationsView } from '@treeline/shared';
import { useCallback } from 'react';
import { Button } from '../../../ui/button.tsx';
import { List } from '../../../ui/list.tsx';
import { Ago } from '../../ago.tsx';
import { ProblemNote } from '../../problem-note.tsx';
import { useRelay } from '../../relay-context.ts';
import { useAction } from '../../use-action.ts';
import { Hearing } from './hearing.tsx';

interface DevicesProps {
  readonly view: NotificationsView;
  readonly onChanged: () => void;
}

/** Every device of this person, when it was last heard of, and which were given up. */
export function Devices({ view, onChanged }: DevicesProps) {
  const { pushes } = useRelay();
  const remove = useAction(
    useCallback(
      async (id: DeviceView['id']) => {
        await pushes.remove(id);
        onChanged();
      },
      [pushes, onChanged],
    ),
  );
  const { devices, gone } = view;
  return (
    <div className="flex flex-col gap-3">
      {devices.length === 0 && <p className="text-muted">No device gets pushes yet.</p>}
      {devices.length > 0 && (
        <List>
          {devices.map((device) => (
            <li key={device.id} className="flex items-center gap-3 p-3">
              <div className="min-w-0 flex-1">
                <p className="truncate font-medium">
                  {device.name}
                  {!device.on && <span className="text-muted"> · off</span>}
                </p>
                <Hearing device={device} />
              </div>
              <Button
                look="quiet"
                aria-label={`Remove ${device.name}`}
                busy={remove.busy}
                onClick={() => void remove.run(device.id)}
              >
                Remove
              </Button>
            </li>
          ))}
        </List>
      )}
      {gone.length > 0 && (
        <ul className="flex flex-col gap-1 text-[0.875rem] text-attention">
          {gone.map(({ name, at, why }) => (
            <li key={`${at}-${name}`}>
              <span aria-hidden="true">⚠ </span>
              {name} was removed <Ago at={at} /> ago: {why}. Switch it on again there.
            </li>
          ))}
        </ul>
      )}
      <ProblemNote problem={remove.problem} />
    </div>
  );
}
