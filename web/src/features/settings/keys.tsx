import type { KeyView } from '@treeline/shared';
import { useCallback, useEffect, useState, type FormEvent } from 'react';
import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { CONTROL, Field } from '../../ui/field.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Ago } from '../ago.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';

const KINDS = { user: 'Key', join: 'Join token', runner: 'Runner', hook: 'Hook key', share: 'Link' } as const;

/** Keys and join tokens: list, make, end. A secret is shown once. */
export function Keys() {
  const relay = useRelay();
  const [keys, setKeys] = useState<readonly KeyView[]>();
  const [fresh, setFresh] = useState<{ name: string; secret: string }>();
  const [name, setName] = useState('');
  const load = useAction(useCallback(async () => setKeys(await relay.keys()), [relay]));
  const { run: reload } = load;
  useEffect(() => void reload(), [reload]);
  const make = useAction(
    useCallback(
      async (kind: 'user' | 'join', named: string) => {
        const { secret, key } = await relay.createKey({ kind, name: named });
        setFresh({ name: key.name, secret });
        setName('');
        await reload();
      },
      [relay, reload],
    ),
  );
  const end = useAction(
    useCallback(
      async (id: KeyView['id']) => {
        await relay.revokeKey(id);
        await reload();
      },
      [relay, reload],
    ),
  );
  const usable = keys?.filter(({ ended }) => ended === undefined) ?? [];
  return (
    <div className="flex flex-col gap-4">
      {fresh !== undefined && (
        <div
          role="status"
          className="flex flex-col gap-2 rounded-lg border border-attention-edge bg-attention-soft p-3"
        >
          <p>“{fresh.name}” is shown only now. Keep it somewhere safe.</p>
          <Copy text={fresh.secret} label="Copy the key" />
        </div>
      )}
      <ProblemNote problem={load.problem ?? make.problem ?? end.problem} onRetry={() => void reload()} />
      {keys === undefined && load.problem === undefined && <Skeleton rows={2} height={3.5} />}
      {keys !== undefined && usable.length === 0 && <p className="text-muted">No keys.</p>}
      {usable.length > 0 && (
        <ul className="flex flex-col divide-y divide-line rounded-xl border border-line bg-surface">
          {usable.map(({ id, kind, name: named, createdAt, lastUsedAt }) => (
            <li key={id} className="flex items-center gap-3 p-3">
              <div className="min-w-0 flex-1">
                <p className="truncate font-medium">{named}</p>
                <p className="text-[0.8125rem] text-muted">
                  {KINDS[kind]} · made <Ago at={createdAt} /> ago
                  {lastUsedAt !== undefined && (
                    <>
                      {' '}
                      · used <Ago at={lastUsedAt} /> ago
                    </>
                  )}
                </p>
              </div>
              <Revoke name={named} busy={end.busy} onRevoke={() => void end.run(id)} />
            </li>
          ))}
        </ul>
      )}
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void make.run('user', name.trim());
        }}
      >
        <div className="min-w-48 flex-1">
          <Field label="Name of a new key">
            {(control) => (
              <input
                {...control}
                className={CONTROL}
                required
                maxLength={63}
                placeholder="laptop scripts"
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        </div>
        <Button type="submit" busy={make.busy} disabled={name.trim() === ''}>
          Make a key
        </Button>
        <Button busy={make.busy} onClick={() => void make.run('join', name.trim() || 'a runner')}>
          Make a join token
        </Button>
      </form>
    </div>
  );
}

interface RevokeProps {
  readonly name: string;
  readonly busy: boolean;
  readonly onRevoke: () => void;
}

function Revoke({ name, busy, onRevoke }: RevokeProps) {
  const [asking, setAsking] = useState(false);
  if (!asking)
    return (
      <Button look="quiet" aria-label={`Revoke ${name}`} onClick={() => setAsking(true)}>
        Revoke
      </Button>
    );
  return (
    <div className="flex gap-1">
      <Button look="danger" busy={busy} onClick={onRevoke}>
        Revoke
      </Button>
      <Button look="quiet" onClick={() => setAsking(false)}>
        Keep
      </Button>
    </div>
  );
}
