import type { SessionId } from '@treeline/shared';
import { Link } from 'wouter';
import { useStore } from 'zustand';
import { paths, type SessionTab, type TreeView } from '../../paths.ts';
import { Empty } from '../../ui/empty.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useWindowTitle } from '../page.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useShared, useWorld } from '../relay-context.ts';
import { problemOf } from '../use-action.ts';
import { SessionPanes } from './session-panes.tsx';
import { useFollower } from './transcript/use-follower.ts';
import { useSurroundings } from './use-surroundings.ts';

interface SessionProps {
  readonly id: SessionId;
  readonly tab: SessionTab;
  /** How the tree is drawn, if the address says so. */
  readonly treeView: TreeView | undefined;
  /** An entry of the transcript that the address names. */
  readonly entry: string | undefined;
  readonly go: (path: string) => void;
}

export function Session({ id, ...rest }: SessionProps) {
  const session = useWorld((world) => world.sessions.get(id));
  const online = useWorld((world) => world.link === 'online');
  const shared = useShared();
  const follower = useFollower(id);
  const state = useStore(follower.store, (followed) => followed.state);
  const problem = useStore(follower.store, (followed) => followed.problem);
  useWindowTitle(session?.title ?? 'Session');
  useSurroundings(session);
  if (session !== undefined) return <SessionPanes session={session} follower={follower} {...rest} />;
  return (
    <div className="mx-auto w-full max-w-3xl p-4">
      <h1 className="sr-only">Session</h1>
      {!shared && (
        <Link href={paths.sessions()} className="mb-2 inline-flex min-h-11 items-center text-accent">
          ← All sessions
        </Link>
      )}
      {state === 'failed' ? (
        <ProblemNote problem={problemOf(problem)} onRetry={() => void follower.attach()} />
      ) : state === 'ready' && online ? (
        <Empty title="This session was deleted">
          What was said in it is gone. The sessions below it are roots now.
        </Empty>
      ) : (
        <Skeleton rows={6} height={3.5} />
      )}
    </div>
  );
}
