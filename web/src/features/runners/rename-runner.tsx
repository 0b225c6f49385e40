import type { RunnerView } from '@treeline/shared';
import { useCallback, useState, type FormEvent } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { CONTROL, Field } from '../../ui/field.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';

export function RenameRunner({ runner, onClose }: { readonly runner: RunnerView; readonly onClose: () => void }) {
  const relay = useRelay();
  const { id, profile } = runner;
  const [name, setName] = useState(profile.name);
  const rename = useAction(
    useCallback(
      async (to: string) => {
        await relay.orderRunner(id, { do: 'rename', name: to });
        onClose();
      },
      [relay, id, onClose],
    ),
  );
  return (
    <Dialog title={`Rename ${profile.name}`} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void rename.run(name.trim());
        }}
      >
        <Field label="Name" hint="Letters, digits, space, dot, dash and underscore. Its id stays.">
          {(control) => (
            <input
              {...control}
              data-autofocus=""
              className={CONTROL}
              required
              maxLength={63}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <ProblemNote problem={rename.problem} />
        <Button type="submit" look="primary" busy={rename.busy} disabled={name.trim() === ''}>
          Rename
        </Button>
      </form>
    </Dialog>
  );
}
