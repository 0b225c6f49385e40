import type { SessionId } from '@treeline/shared';
import { useSearch } from 'wouter';
import type { SessionTab, TreeView } from '../paths.ts';
import { useHash } from './use-hash.ts';
import { part } from '../features/lazy-part.ts';

const Session = part(
  () => import('../features/session/session.tsx'),
  (it) => it.Session,
);

const TREE_VIEWS: ReadonlySet<string> = new Set<TreeView>(['list', 'picture', 'timeline']);
const TABS: ReadonlySet<string> = new Set<SessionTab>(['chat', 'tree', 'info']);

interface SessionScreenProps {
  readonly id: SessionId;
  readonly go: (path: string) => void;
}

/** One session, with the part of it that the address names. */
export function SessionScreen({ id, go }: SessionScreenProps) {
  const search = new URLSearchParams(useSearch());
  const tab = search.get('tab') ?? 'chat';
  const as = search.get('as') ?? '';
  const hash = useHash();
  return (
    <Session
      key={id}
      id={id}
      tab={TABS.has(tab) ? (tab as SessionTab) : 'chat'}
      treeView={TREE_VIEWS.has(as) ? (as as TreeView) : undefined}
      entry={hash.startsWith('#e-') ? hash.slice(3) : undefined}
      go={go}
    />
  );
}
