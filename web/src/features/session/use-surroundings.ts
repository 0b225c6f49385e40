/** What is around a session: the rest of its tree, what it was under before, and what waits in it. */
import type { SessionView, TriggerView } from '@treeline/shared';
import { useEffect, useMemo } from 'react';
import type { TreeNode } from '../../state/tree.ts';
import { belongsInInbox, compareTriggers } from '../../state/triggers.ts';
import { useFeed, useWorld } from '../relay-context.ts';

/** The rest of the tree and its triggers, once for each session that is opened. */
export function useSurroundings(session: SessionView | undefined): void {
  const feed = useFeed();
  const id = session?.id;
  const rootId = session?.rootId;
  const formerParentId = session?.formerParentId;
  useEffect(() => {
    if (id === undefined || rootId === undefined) return;
    return feed.surround({ rootId, formerParentId });
  }, [feed, id, rootId, formerParentId]);
}

/** Open triggers of a session and of everything below it. */
export function useWaiting(node: TreeNode | undefined): TriggerView[] {
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
