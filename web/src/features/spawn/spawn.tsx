import { useCallback } from 'react';
import { paths } from '../../paths.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useWindowTitle } from '../page.tsx';
import { useWorld } from '../relay-context.ts';
import { SpawnForm } from './spawn-form.tsx';

interface SpawnProps {
  readonly go: (path: string) => void;
  readonly onClose: () => void;
}

/** The sheet for a new session. */
export function Spawn({ go, onClose }: SpawnProps) {
  const loaded = useWorld((world) => world.loaded);
  const runners = useWorld((world) => world.runners);
  useWindowTitle('New session');
  const started = useCallback((id: string) => go(paths.session(id)), [go]);
  return (
    <Dialog title="New session" shape="sheet" onClose={onClose}>
      {!loaded ? (
        <Skeleton rows={4} height={4} />
      ) : runners.size === 0 ? (
        <Empty
          title="No machine to run it on yet"
          action={
            <Button look="primary" onClick={() => go(paths.addRunner)}>
              Add a runner
            </Button>
          }
        />
      ) : (
        <SpawnForm runners={[...runners.values()]} onStarted={started} />
      )}
    </Dialog>
  );
}
