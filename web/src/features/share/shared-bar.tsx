import type { ShareView } from '@treeline/shared';
import { clockText, dayText } from '../../state/time.ts';
import { Mark } from '../mark.tsx';

/** Says what this page is: whose link, that it only shows, and until when. */
export function SharedBar({ share: { by, expiresAt } }: { readonly share: ShareView }) {
  return (
    <header className="flex min-h-12 items-center gap-3 border-b border-line bg-surface px-4 py-1">
      <Mark />
      <p className="min-w-0 text-[0.875rem] text-muted">
        Shared by <span className="font-medium text-text">{by}</span> · read only · until {dayText(expiresAt)},{' '}
        {clockText(expiresAt)}
      </p>
    </header>
  );
}
