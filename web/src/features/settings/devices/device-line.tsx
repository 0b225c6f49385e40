import type { SignInView } from '@treeline/shared';
import { Laptop, Smartphone } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { dayText } from '../../../state/time.ts';
import { Button } from '../../../ui/button.tsx';
import { Confirmed } from '../../../ui/confirmed.tsx';
import { CONTROL } from '../../../ui/field.tsx';
import { focusOn } from '../../../ui/focus-on.ts';
import { Ago } from '../../ago.tsx';

interface DeviceLineProps {
  readonly device: SignInView;
  readonly busy: boolean;
  readonly onRename: (name: string) => void;
  readonly onSignOut: () => void;
}

const PHONE = /iphone|android|phone|mobile|ipad/i;

/** One browser that is signed in: which it is, from where, when it was used. */
export function DeviceLine({ device, busy, onRename, onSignOut }: DeviceLineProps) {
  const { name, current, createdAt, lastUsedAt, expiresAt, address } = device;
  const [renaming, setRenaming] = useState<string>();
  const Icon = PHONE.test(name) ? Smartphone : Laptop;
  if (renaming !== undefined)
    return (
      <li className="p-3">
        <form
          className="flex flex-wrap items-center gap-2"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            onRename(renaming.trim());
            setRenaming(undefined);
          }}
        >
          <input
            ref={focusOn}
            aria-label={`New name of ${name}`}
            className={`${CONTROL} min-w-40 flex-1`}
            required
            maxLength={63}
            value={renaming}
            onChange={(event) => setRenaming(event.target.value)}
          />
          <Button type="submit" look="primary" disabled={renaming.trim() === ''}>
            Save
          </Button>
          <Button look="quiet" onClick={() => setRenaming(undefined)}>
            Cancel
          </Button>
        </form>
      </li>
    );
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 p-3">
      <Icon aria-hidden="true" size={20} className="shrink-0 text-muted" />
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium break-words">
          {name}
          {current && <span className="font-normal text-good"> · this one</span>}
        </p>
        <p className="text-[0.8125rem] text-muted">
          signed in <Ago at={createdAt} /> ago{address !== undefined && ` from ${address}`} · used{' '}
          <Ago at={lastUsedAt} /> ago · until {dayText(expiresAt)} unless it is used
        </p>
      </div>
      <div className="ml-auto flex flex-wrap items-center justify-end gap-1">
        <Button look="quiet" aria-label={`Rename ${name}`} disabled={busy} onClick={() => setRenaming(name)}>
          Rename
        </Button>
        {!current && <Confirmed word="Sign out" of={name} busy={busy} onConfirm={onSignOut} />}
      </div>
    </li>
  );
}
