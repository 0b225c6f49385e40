import { useCallback, useEffect, useMemo, useState } from 'react';
import type { SessionId } from '@treeline/shared';
import { paths } from '../../paths.ts';
import { sortedRunners } from '../../state/runners.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useWindowTitle } from '../page.tsx';
import { useRelay, useWorld } from '../relay-context.ts';
import { lastSpawn } from './last-spawn.ts';
import { rememberedPrompt } from './prompts.ts';
import { SpawnForm } from './spawn-form.tsx';
import { draftOf, type Wish } from './wish.ts';

interface SpawnProps {
  readonly wish: Wish;
  readonly go: (path: string) => void;
  readonly onClose: () => void;
}

/** The sheet for a new session. */
export function Spawn({ wish, go, onClose }: SpawnProps) {
  const loaded = useWorld((world) => world.loaded);
  const runners = useWorld((world) => world.runners);
  const sorted = useMemo(() => sortedRunners(runners.values()), [runners]);
  const sessions = useWorld((world) => world.sessions);
  const told = useToldBefore(wish.again);
  useWindowTitle('New session');
  const started = useCallback((id: string) => go(paths.session(id)), [go]);
  return (
    <Dialog title={wish.again === undefined ? 'New session' : 'Start it again'} shape="sheet" onClose={onClose}>
      {!loaded || told === 'looking' ? (
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
        <SpawnForm
          runners={sorted}
          initial={draftOf({ wish, last: lastSpawn(), runners: sorted, sessions, prompt: told?.text })}
          onStarted={started}
        />
      )}
    </Dialog>
  );
}

/** What a session was told first: by its log, else by what this browser remembers of it. */
function useToldBefore(id: string | undefined): { text: string | undefined } | 'looking' | undefined {
  const relay = useRelay();
  const [told, setTold] = useState<{ text: string | undefined } | 'looking' | undefined>(
    id === undefined ? undefined : 'looking',
  );
  useEffect(() => {
    if (id === undefined) return;
    const known = { text: rememberedPrompt(id) };
    Promise.all([relay.load(id as SessionId), relay.firstPrompt(id as SessionId)])
      .then(([, text]) => setTold({ text: text ?? known.text }))
      .catch(() => setTold(known));
  }, [relay, id]);
  return told;
}
