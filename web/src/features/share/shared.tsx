import type { ReactNode } from 'react';
import type { SharedView } from '../../relay/shared-view.ts';
import { Entrance } from '../sign-in/entrance.tsx';
import { SharedOpened } from './shared-opened.tsx';

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
  return <SharedOpened view={view}>{children}</SharedOpened>;
}
