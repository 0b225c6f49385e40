import type { SessionView, StopStrength } from '@treeline/shared';
import { useMemo, useState } from 'react';
import type { Follower } from '../../relay/follower.ts';
import { paths, type SessionTab, type TreeView } from '../../paths.ts';
import { buildForest, findNode, liveBelow, pathTo, siblingOf } from '../../state/tree.ts';
import { Tabs } from '../../ui/tabs.tsx';
import { useMedia, WIDE } from '../../ui/use-media.ts';
import { useMay, useShared, useWorld } from '../relay-context.ts';
import { SessionTree } from '../sessions/session-tree.tsx';
import { useKeys } from '../use-keys.ts';
import { Chat } from './chat.tsx';
import { Composer } from './composer.tsx';
import { DescribeDialog } from './describe-dialog.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { SessionHeader } from './session-header.tsx';
import { SessionInfo } from './session-info.tsx';
import { SessionMenu } from './session-menu.tsx';
import { ShareDialog } from './share/share-dialog.tsx';
import { StopDialog } from './stop-dialog.tsx';
import { TreeTab } from './tree/tree-tab.tsx';
import { useWaiting } from './use-surroundings.ts';
import { WaitingBar } from './waiting-bar.tsx';

const TABS: readonly { readonly id: SessionTab; readonly text: string }[] = [
  { id: 'chat', text: 'Chat' },
  { id: 'tree', text: 'Tree' },
  { id: 'info', text: 'Info' },
];
/** Beside the chat there is room for the rest. */
const WIDE_TABS = TABS.filter(({ id }) => id !== 'info');
const PANEL = 'session-panel';

interface SessionPanesProps {
  readonly session: SessionView;
  readonly follower: Follower;
  readonly tab: SessionTab;
  readonly treeView: TreeView | undefined;
  readonly entry: string | undefined;
  readonly go: (path: string) => void;
}

type Asking = StopStrength | 'share' | 'describe' | 'delete';

/** A session that is known: its transcript, its tree, and what can be done with it. */
export function SessionPanes({ session, follower, tab, treeView, entry, go }: SessionPanesProps) {
  const { id, rootId, parentId } = session;
  const sessions = useWorld((world) => world.sessions);
  const shared = useShared();
  const mayStart = useMay('start');
  const mayManage = useMay('manage');
  const wide = useMedia(WIDE);
  const [asking, setAsking] = useState<Asking>();
  const forest = useMemo(
    () => buildForest([...sessions.values()].filter((other) => other.rootId === rootId)),
    [sessions, rootId],
  );
  const node = findNode(forest, id);
  const waiting = useWaiting(node);
  const below = node === undefined ? 0 : liveBelow(node);
  const live = session.lifecycle.state !== 'ended' || below > 0;
  const stoppable = live && mayManage;
  const open = (other: string | undefined | null) => {
    if (other !== undefined && other !== null) go(paths.session(other));
  };
  useKeys({
    '[': () => open(parentId),
    ']': () => open(node?.children[0]?.session.id),
    '{': () => open(siblingOf(forest, id, -1)),
    '}': () => open(siblingOf(forest, id, 1)),
    '.': () => stoppable && setAsking('stop'),
    Escape: () => !shared && go(paths.sessions()),
  });

  const info = <SessionInfo session={session} node={node} onDescribe={() => setAsking('describe')} />;
  const shownTab = wide && tab === 'info' ? 'chat' : tab;
  return (
    <div className="flex h-full min-h-0">
      <section aria-label="Session" className="flex min-h-0 min-w-0 flex-1 flex-col">
        <SessionHeader
          session={session}
          ancestors={pathTo(sessions, id).slice(0, -1)}
          worst={node?.worst}
          onStop={stoppable ? () => setAsking('stop') : undefined}
          menu={!shared && <SessionMenu session={session} live={live} onAsk={setAsking} go={go} />}
        />
        <div className="border-b border-line lg:px-2">
          <Tabs
            label="Parts of the session"
            tabs={wide ? WIDE_TABS : TABS}
            selected={shownTab}
            panel={PANEL}
            onSelect={(next) => go(paths.session(id, next))}
          />
        </div>
        <div
          role="tabpanel"
          id={PANEL}
          aria-labelledby={`${PANEL}-tab-${shownTab}`}
          className="flex min-h-0 flex-1 flex-col"
        >
          {shownTab === 'chat' && <Chat sessionId={id} follower={follower} entry={entry} />}
          {shownTab === 'tree' && (
            <TreeTab forest={forest} selected={id} view={treeView ?? (wide ? 'picture' : 'list')} go={go} />
          )}
          {shownTab === 'info' && <div className="overflow-y-auto p-4">{info}</div>}
        </div>
        <WaitingBar triggers={waiting} sessionId={id} />
        {shownTab === 'chat' && mayStart && <Composer key={id} session={session} />}
      </section>
      {wide && (
        <aside
          aria-label="Tree and details"
          className="flex w-88 shrink-0 flex-col gap-6 overflow-y-auto border-l border-line p-4"
        >
          <section className="@container">
            <h2 className="pb-1 text-[0.875rem] font-semibold text-muted">Tree</h2>
            <SessionTree label="This tree" forest={forest} selected={id} onOpen={open} />
          </section>
          <section>
            <h2 className="pb-2 text-[0.875rem] font-semibold text-muted">Details</h2>
            {info}
          </section>
        </aside>
      )}
      {asking === 'share' && <ShareDialog session={session} onClose={() => setAsking(undefined)} />}
      {asking === 'describe' && <DescribeDialog session={session} onClose={() => setAsking(undefined)} />}
      {asking === 'delete' && (
        <DeleteDialog session={session} onClose={() => setAsking(undefined)} onDeleted={() => go(paths.sessions())} />
      )}
      {(asking === 'stop' || asking === 'kill' || asking === 'finish') && (
        <StopDialog session={session} strength={asking} liveBelow={below} onClose={() => setAsking(undefined)} />
      )}
    </div>
  );
}
