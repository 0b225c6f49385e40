import type { PasskeyView } from '@treeline/shared';
import { Confirmed } from '../../../ui/confirmed.tsx';
import { Ago } from '../../ago.tsx';

interface PasskeyLineProps {
  readonly passkey: PasskeyView;
  readonly busy: boolean;
  readonly onRemove: () => void;
}

/** One passkey: its name, since when, when it was used. */
export function PasskeyLine({ passkey, busy, onRemove }: PasskeyLineProps) {
  const { name, createdAt, lastUsedAt } = passkey;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 p-3">
      <div className="min-w-0 flex-1 basis-40">
        <p className="font-medium break-words">{name}</p>
        <p className="text-[0.8125rem] text-muted">
          added <Ago at={createdAt} /> ago ·{' '}
          {lastUsedAt === undefined ? (
            'not used yet'
          ) : (
            <>
              used <Ago at={lastUsedAt} /> ago
            </>
          )}
        </p>
      </div>
      <Confirmed word="Remove" of={name} busy={busy} onConfirm={onRemove} />
    </li>
  );
}
