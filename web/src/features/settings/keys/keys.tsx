import type { KeyView } from '@treeline/shared';
import { useCallback, useState } from 'react';
import { Once } from '../../../ui/once.tsx';
import { LoadedList } from '../../loaded-list.tsx';
import { Page } from '../../page.tsx';
import { Part } from '../../part.tsx';
import { useRelay } from '../../relay-context.ts';
import { useAction } from '../../use-action.ts';
import { useLoaded } from '../../use-loaded.ts';
import { KeyLine } from './key-line.tsx';
import { NewKey } from './new-key.tsx';

/** Keys and join tokens: list, make, change for another, end. A secret is shown once. */
export function Keys() {
  const relay = useRelay();
  const keys = useLoaded(useCallback(async () => (await relay.request('listKeys', {})).keys.filter(isUsable), [relay]));
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
        <LoadedList
          label="Keys"
          of={keys}
          problem={rotate.problem ?? revoke.problem}
          none="There are no keys."
          expect={{ rows: 3, height: 4 }}
        >
          {(key) => (
            <KeyLine
              key={key.id}
              view={key}
              busy={rotate.busy || revoke.busy}
              onRotate={() => void rotate.run(key.id)}
              onRevoke={() => void revoke.run(key.id)}
            />
          )}
        </LoadedList>
        <Part title="Make one">
          <NewKey onMade={show} />
        </Part>
      </div>
    </Page>
  );
}

/** A share link is a key as well, and is seen where it was made. */
function isUsable({ ended, kind }: KeyView): boolean {
  return ended === undefined && kind !== 'share';
}
