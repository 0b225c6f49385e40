import { useCallback, useState, type FormEvent } from 'react';
import { makePasskey, passkeyObstacle } from '../../../relay/passkeys.ts';
import { Button } from '../../../ui/button.tsx';
import { CONTROL, Field } from '../../../ui/field.tsx';
import { LoadedList } from '../../loaded-list.tsx';
import { ProblemNote } from '../../problem-note.tsx';
import { useRelay } from '../../relay-context.ts';
import { useAction } from '../../use-action.ts';
import { useLoaded } from '../../use-loaded.ts';
import { PasskeyLine } from './passkey-line.tsx';

/** One's own passkeys: list, add, remove. Where there can be none, it says why. */
export function Passkeys() {
  const relay = useRelay();
  const obstacle = passkeyObstacle();
  const [name, setName] = useState('');
  const passkeys = useLoaded(useCallback(async () => (await relay.request('listPasskeys', {})).passkeys, [relay]));
  const add = useAction(async () => {
    await makePasskey(name.trim() || 'passkey');
    setName('');
    await passkeys.reload();
  });
  const remove = useAction(async (id: string) => {
    await relay.request('removePasskey', { params: { id } });
    await passkeys.reload();
  });
  return (
    <div className="flex flex-col gap-4">
      <p>
        A passkey signs you in with the finger, the face or the PIN of your device. It cannot be guessed or phished.
      </p>
      <LoadedList
        label="Passkeys"
        of={passkeys}
        problem={remove.problem}
        none="You have none."
        expect={{ rows: 1, height: 3.5 }}
      >
        {(passkey) => (
          <PasskeyLine
            key={passkey.id}
            passkey={passkey}
            busy={remove.busy}
            onRemove={() => void remove.run(passkey.id)}
          />
        )}
      </LoadedList>
      {obstacle !== undefined ? (
        <p className="rounded-lg border border-line bg-sunken p-3">{obstacle}</p>
      ) : (
        <form
          className="flex flex-wrap items-end gap-2"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            void add.run();
          }}
        >
          <div className="min-w-48 flex-1">
            <Field label="Name of a new passkey">
              {(control) => (
                <input
                  {...control}
                  className={CONTROL}
                  maxLength={63}
                  placeholder="this laptop"
                  value={name}
                  onChange={(event) => setName(event.target.value)}
                />
              )}
            </Field>
          </div>
          <Button type="submit" look="primary" busy={add.busy}>
            Add a passkey
          </Button>
        </form>
      )}
      <ProblemNote problem={add.problem} />
    </div>
  );
}
