import type { KeyView } from '@treeline/shared';
import { KEY_KIND_WORDS, scopesText } from '../../../state/right-words.ts';
import { clockText, dayText } from '../../../state/time.ts';
import { Confirmed } from '../../../ui/confirmed.tsx';
import { Ago } from '../../ago.tsx';

interface KeyLineProps {
  readonly view: KeyView;
  readonly busy: boolean;
  readonly onRotate: () => void;
  readonly onRevoke: () => void;
}

/** A key that works: what it may do, when it was used, when it ends. */
export function KeyLine({ view, busy, onRotate, onRevoke }: KeyLineProps) {
  const { kind, name, scopes, createdAt, lastUsedAt, expiresAt, replacedBy } = view;
  const may = scopesText(scopes);
  const rotates = (kind === 'user' || kind === 'hook') && replacedBy === undefined;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 p-3">
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium break-words">{name}</p>
        <p className="text-[0.8125rem] text-muted">
          {KEY_KIND_WORDS[kind]}
          {may !== undefined && `, may ${may}`} · made <Ago at={createdAt} /> ago ·{' '}
          {lastUsedAt === undefined ? (
            'never used'
          ) : (
            <>
              used <Ago at={lastUsedAt} /> ago
            </>
          )}
          {expiresAt !== undefined && ` · until ${dayText(expiresAt)}, ${clockText(expiresAt)}`}
        </p>
        {replacedBy !== undefined && <p className="text-[0.8125rem] text-attention">Another key takes its place.</p>}
      </div>
      {rotates && (
        <Confirmed
          word="Rotate"
          of={name}
          question="The old one works 24 h more."
          look="primary"
          busy={busy}
          onConfirm={onRotate}
        />
      )}
      <Confirmed word="Revoke" of={name} busy={busy} onConfirm={onRevoke} />
    </li>
  );
}
