import { useEffect, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { SharedView } from '../../relay/shared-view.ts';
import { FeedContext } from '../relay-context.ts';
import { ProblemNote } from '../problem-note.tsx';
import { OfflineBanner } from '../shell/offline-banner.tsx';
import { Entrance } from '../sign-in/entrance.tsx';
import { problemOf } from '../use-action.ts';
import { SharedBar } from './shared-bar.tsx';

interface SharedOpenedProps {
  readonly view: SharedView;
  /** What is drawn for the session that the link names. */
  readonly children: (sessionId: string) => ReactNode;
}

/** Asks for what the link shows, and draws it, or why there is nothing. */
export function SharedOpened({ view, children }: SharedOpenedProps) {
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
