import { useCallback } from 'react';
import { Confirmed } from '../../../ui/confirmed.tsx';
import { LoadedList } from '../../loaded-list.tsx';
import { Page } from '../../page.tsx';
import { Part } from '../../part.tsx';
import { useRelay } from '../../relay-context.ts';
import { useAction } from '../../use-action.ts';
import { useLoaded } from '../../use-loaded.ts';
import { PairPhone } from '../pair-phone.tsx';
import { DeviceLine } from './device-line.tsx';

/** Where one is signed in, and how another browser comes in. */
export function Devices() {
  const relay = useRelay();
  const devices = useLoaded(useCallback(async () => (await relay.request('listDevices', {})).devices, [relay]));
  const rename = useAction(async (id: DeviceId, name: string) => {
    await relay.request('renameDevice', { params: { id }, body: { name } });
    await devices.reload();
  });
  const signOut = useAction(async (id: DeviceId) => {
    await relay.request('signOutDevice', { params: { id } });
    await devices.reload();
  });
  const signOutOthers = useAction(async () => {
    await relay.request('signOutDevices', { body: { others: true } });
    await devices.reload();
  });
  const problem = rename.problem ?? signOut.problem ?? signOutOthers.problem;
  const others = devices.value?.filter(({ current }) => !current).length ?? 0;
  return (
    <Page title="Devices" narrow>
      <div className="flex flex-col gap-8">
        <Part title="Where you are signed in">
          <LoadedList
            label="Devices"
            of={devices}
            problem={problem}
            none="You are signed in nowhere."
            expect={{ rows: 2, height: 4 }}
          >
            {(device) => (
              <DeviceLine
                key={device.id}
                device={device}
                busy={rename.busy || signOut.busy}
                onRename={(name) => void rename.run(device.id, name)}
                onSignOut={() => void signOut.run(device.id)}
              />
            )}
          </LoadedList>
          {others > 0 && (
            <div className="flex justify-end">
              <Confirmed
                word={others === 1 ? 'Sign out the other one' : `Sign out the ${others} others`}
                of="all but this device"
                busy={signOutOthers.busy}
                onConfirm={() => void signOutOthers.run()}
              />
            </div>
          )}
        </Part>
        <Part title="Pair a phone">
          <PairPhone />
        </Part>
      </div>
    </Page>
  );
}

type DeviceId = Parameters<typeof DeviceLine>[0]['device']['id'];
