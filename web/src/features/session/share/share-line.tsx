import type { ShareView } from '@treeline/shared';
import { clockText, dayText } from '../../../state/time.ts';
import { Confirmed } from '../../../ui/confirmed.tsx';
import { Ago } from '../../ago.tsx';

interface ShareLineProps {
  readonly share: ShareView;
  readonly busy: boolean;
  readonly onEnd: () => void;
}

/** A link that works: what it shows, whose it is, until when. */
export function ShareLine({ share, busy, onEnd }: ShareLineProps) {
  const { tree, by, createdAt, expiresAt, lastUsedAt } = share;
  const until = `${dayText(expiresAt)}, ${clockText(expiresAt)}`;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 p-3">
      <div className="min-w-0 flex-1 basis-52">
        <p className="font-medium">{tree ? 'With everything below it' : 'This session alone'}</p>
        <p className="text-[0.8125rem] text-muted">
          by {by}, <Ago at={createdAt} /> ago · until {until} ·{' '}
          {lastUsedAt === undefined ? (
            'not used yet'
          ) : (
            <>
              used <Ago at={lastUsedAt} /> ago
            </>
          )}
        </p>
      </div>
      <Confirmed word="End it" of={`the link by ${by} until ${until}`} busy={busy} onConfirm={onEnd} />
    </li>
  );
}
