import type { KeyView } from '@treeline/shared';
import { useCallback, useState } from 'react';
import { Once } from '../../../ui/once.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { Page } from '../../page.tsx';
import { Part } from '../../part.tsx';
import { ProblemNote } from '../../problem-note.tsx';
import { useRelay } from '../../relay-context.ts';
import { useAction } from '../../use-action.ts';
import { useLoaded } from '../../use-loaded.ts';
import { KeyLine } from './key-line.tsx';
import { NewKey } from './new-key.tsx';

/** Keys and join tokens: list, make, change for another, end. A secret is shown once. */
export function Keys() {
  const relay = useRelay();
  const keys = useLoaded(useCallback(async () => (await relay.request('listKeys', {})).keys, [relay]));
  const [fresh, setFresh] = useState<{ id: string; name: string; secret: string }>();
  const show = async ({ key, secret }: { key: KeyView; secret: string }) => {
    setFresh({ id: key.id, name: key.name, secret });
    await keys.reload();
  };
  const rotate = useAction(async (id: KeyView['id']) =>
    show(await relay.request('rotateKey', { params: { id }, body: {} })),
  );
  const revoke = useAction(async (id: KeyView['id']) => {
    await relay.request('revokeKey', { params: { id } });
    if (fresh?.id === id) setFresh(undefined);
    await keys.reload();
  });
  const usable = keys.value?.filter(({ ended, kind }) => ended === undefined && kind !== 'share') ?? [];
  return (
    <Page title="Keys" narrow>
      <div className="flex flex-col gap-8">
        <p className="text-muted">
          For programs and machines. The relay knows them only by a fingerprint: the text of a key is shown once.
        </p>
        {fresh !== undefined && (
          <Once text={fresh.secret} label="Copy the key">
            “{fresh.name}” is shown only now. Keep it somewhere safe.
          </Once>
        )}
        <ProblemNote problem={keys.problem ?? rotate.problem ?? revoke.problem} onRetry={() => void keys.reload()} />
        {keys.value === undefined && keys.problem === undefined && <Skeleton rows={3} height={4} />}
        {keys.value !== undefined && usable.length === 0 && <p className="text-muted">There are no keys.</p>}
        {usable.length > 0 && (
          <ul aria-label="Keys" className="flex flex-col divide-y divide-line rounded-xl border border-line bg-surface">
            {usable.map((key) => (
              <KeyLine
                key={key.id}
                view={key}
                busy={rotate.busy || revoke.busy}
                onRotate={() => void rotate.run(key.id)}
                onRevoke={() => void revoke.run(key.id)}
              />
            ))}
          </ul>
        )}
        <Part title="Make one">
          <NewKey onMade={show} />
        </Part>
      </div>
    </Page>
  );
}
