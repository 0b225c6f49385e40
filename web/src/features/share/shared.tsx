import { useEffect, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { SharedView } from '../../relay/shared-view.ts';
import { FeedContext } from '../relay-context.ts';
import { ProblemNote } from '../problem-note.tsx';
import { OfflineBanner } from '../shell/offline-banner.tsx';
import { Entrance } from '../sign-in/entrance.tsx';
import { problemOf } from '../use-action.ts';
import { SharedBar } from './shared-bar.tsx';

interface SharedProps {
  /** Undefined: the link has no secret. */
  readonly view: SharedView | undefined;
  /** What is drawn for the session that the link names. */
  readonly children: (sessionId: string) => ReactNode;
}

/** The door of a share link, and what is around everything that it shows. */
export function Shared({ view, children }: SharedProps) {
  if (view === undefined)
    return (
      <Entrance title="This link is not whole">
        <p>What stands behind the # is missing. Copy the whole link and open it again.</p>
      </Entrance>
    );
  return <Opened view={view}>{children}</Opened>;
}

function Opened({ view, children }: { readonly view: SharedView; readonly children: SharedProps['children'] }) {
  const opened = useStore(view.store);
  useEffect(() => {
    document.title = 'Shared · Treeline';
    void view.open();
    return () => view.close();
  }, [view]);
  switch (opened.state) {
    case 'opening':
      return null;
    case 'over':
      return (
        <Entrance title="This link works no longer">
          <p>It has run out, or whoever made it has ended it. Ask them for another one.</p>
        </Entrance>
      );
    case 'failed':
      return (
        <Entrance title="This link cannot be opened now">
          <ProblemNote problem={problemOf(opened.problem)} onRetry={() => void view.open()} />
        </Entrance>
      );
    case 'open':
      return (
        <FeedContext value={view.feed}>
          <div className="flex h-dvh flex-col">
            <SharedBar share={opened.share} />
            <OfflineBanner />
            <main id="main" tabIndex={-1} className="min-h-0 min-w-0 flex-1 overflow-hidden outline-none">
              {children(opened.share.sessionId)}
            </main>
          </div>
        </FeedContext>
      );
  }
}
