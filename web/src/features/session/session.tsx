import type { SessionId, SessionView } from '@treeline/shared';
import { useEffect, useMemo, useState } from 'react';
import { paths, type SessionTab } from '../../paths.ts';
import { buildForest, findNode, pathTo, type TreeNode } from '../../state/tree.ts';
import { belongsInInbox, compareTriggers } from '../../state/triggers.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { useMedia, WIDE } from '../../ui/use-media.ts';
import { useWindowTitle } from '../page.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay, useWorld } from '../relay-context.ts';
import { SessionTree } from '../sessions/session-tree.tsx';
import { problemOf } from '../use-action.ts';
import { useKeys } from '../use-keys.ts';
import { Composer } from './composer.tsx';
import { SessionHeader } from './session-header.tsx';
import { SessionInfo } from './session-info.tsx';
import { StopDialog } from './stop-dialog.tsx';
import { TranscriptView } from './transcript-view.tsx';
import { useTranscript } from './use-transcript.ts';
import { WaitingBar } from './waiting-bar.tsx';

const TABS: readonly { readonly id: SessionTab; readonly text: string }[] = [
  { id: 'chat', text: 'Chat' },
  { id: 'tree', text: 'Tree' },
  { id: 'info', text: 'Info' },
];
const PANEL = 'session-panel';

interface SessionProps {
  readonly id: SessionId;
  readonly tab: SessionTab;
  /** An entry of the transcript that the address names. */
  readonly entry: string | undefined;
  readonly go: (path: string) => void;
}

export function Session({ id, tab, entry, go }: SessionProps) {
  const session = useWorld((world) => world.sessions.get(id));
  const followed = useTranscript(id);
  useWindowTitle(session?.title ?? 'Session');
  useSurroundings(session);
  if (session !== undefined) return <Known session={session} followed={followed} tab={tab} entry={entry} go={go} />;
  return (
    <div className="mx-auto w-full max-w-3xl p-4">
      <h1 className="sr-only">Session</h1>
      {followed.state === 'failed' ? (
        <ProblemNote problem={problemOf(followed.problem)} onRetry={followed.retry} />
      ) : (
        <Skeleton rows={6} height={3.5} />
      )}
    </div>
  );
}

interface KnownProps extends Omit<SessionProps, 'id'> {
  readonly session: SessionView;
  readonly followed: ReturnType<typeof useTranscript>;
}

function Known({ session, followed, tab, entry, go }: KnownProps) {
  const { id, rootId } = session;
  const sessions = useWorld((world) => world.sessions);
  const wide = useMedia(WIDE);
  const [stopping, setStopping] = useState(false);
  const forest = useMemo(
    () => buildForest([...sessions.values()].filter((other) => other.rootId === rootId)),
    [sessions, rootId],
  );
  const node = findNode(forest, id);
  const waiting = useWaiting(node);
  const live = session.lifecycle.state !== 'ended' || liveBelow(node) > 0;
  const parent = session.parentId;
  useKeys({
    '[': () => parent !== null && go(paths.session(parent)),
    ']': () => {
      const child = node?.children[0]?.session.id;
      if (child !== undefined) go(paths.session(child));
    },
    '.': () => setStopping(live),
    Escape: () => go(paths.sessions()),
  });

  const tree = (
    <SessionTree label="This tree" forest={forest} selected={id} onOpen={(other) => go(paths.session(other))} />
  );
  const info = <SessionInfo session={session} onDeleted={() => go(paths.sessions())} />;
  const shownTab = wide ? 'chat' : tab;
  return (
    <div className="flex h-full min-h-0">
      <section aria-label="Session" className="flex min-h-0 min-w-0 flex-1 flex-col">
        <SessionHeader
          session={session}
          ancestors={pathTo(sessions, id).slice(0, -1)}
          worst={node?.worst}
          onStop={live ? () => setStopping(true) : undefined}
        />
        {!wide && (
          <div className="border-b border-line">
            <Tabs
              label="Parts of the session"
              tabs={TABS}
              selected={shownTab}
              panel={PANEL}
              onSelect={(next) => go(paths.session(id, next))}
            />
          </div>
        )}
        <div
          {...(wide ? {} : { role: 'tabpanel', id: PANEL, 'aria-labelledby': `${PANEL}-tab-${shownTab}` })}
          className="flex min-h-0 flex-1 flex-col border-line"
        >
          {shownTab === 'chat' && <Chat followed={followed} entry={entry} />}
          {shownTab === 'tree' && <div className="@container overflow-y-auto p-2">{tree}</div>}
          {shownTab === 'info' && <div className="overflow-y-auto p-4">{info}</div>}
        </div>
        <WaitingBar triggers={waiting} sessionId={id} />
        {shownTab === 'chat' && <Composer key={id} session={session} />}
      </section>
      {wide && (
        <aside
          aria-label="Tree and details"
          className="flex w-96 shrink-0 flex-col gap-6 overflow-y-auto border-l border-line p-4"
        >
          <section className="@container">
            <h2 className="pb-1 text-[0.875rem] font-semibold text-muted">Tree</h2>
            {tree}
          </section>
          <section>
            <h2 className="pb-2 text-[0.875rem] font-semibold text-muted">Details</h2>
            {info}
          </section>
        </aside>
      )}
      {stopping && <StopDialog session={session} liveBelow={liveBelow(node)} onClose={() => setStopping(false)} />}
    </div>
  );
}

function Chat({ followed, entry }: Pick<KnownProps, 'followed' | 'entry'>) {
  if (followed.state === 'failed')
    return (
      <div className="p-4">
        <ProblemNote problem={problemOf(followed.problem)} onRetry={followed.retry} />
      </div>
    );
  if (followed.state === 'loading')
    return (
      <div className="mx-auto w-full max-w-[76ch] flex-1 p-4">
        <Skeleton rows={6} height={3.5} />
      </div>
    );
  const { transcript } = followed;
  return (
    <TranscriptView
      key={transcript.rows[0] === undefined ? 'empty' : 'rows'}
      rows={followed.rows}
      live={transcript.live}
      earlier={transcript.earlier}
      loadingEarlier={followed.loadingEarlier}
      onEarlier={followed.loadEarlier}
      target={entry}
    />
  );
}

/** The rest of the tree and its triggers, once for each session that is opened. */
function useSurroundings(session: SessionView | undefined): void {
  const relay = useRelay();
  const id = session?.id;
  const rootId = session?.rootId;
  useEffect(() => {
    if (id === undefined || rootId === undefined) return;
    // Without it the transcript says less; it is asked for again when the link returns.
    return relay.whenUp(() => void relay.loadAround({ id, rootId }).catch(() => undefined));
  }, [relay, id, rootId]);
}

function useWaiting(node: TreeNode | undefined) {
  const triggers = useWorld((world) => world.triggers);
  return useMemo(() => {
    const ids = new Set(node === undefined ? [] : idsOf(node));
    return [...triggers.values()]
      .filter((trigger) => ids.has(trigger.sessionId) && belongsInInbox(trigger))
      .toSorted(compareTriggers);
  }, [triggers, node]);
}

function idsOf(node: TreeNode): string[] {
  return [node.session.id, ...node.children.flatMap(idsOf)];
}

function liveBelow(node: TreeNode | undefined): number {
  if (node === undefined) return 0;
  return node.children.reduce(
    (sum, child) => sum + Number(child.session.lifecycle.state !== 'ended') + liveBelow(child),
    0,
  );
}
