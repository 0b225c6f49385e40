/** The facts of every log of a tree, read when it is shown and again when one of its sessions has changed. */
import type { TriggerView } from '@treeline/shared';
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { messagesTo } from '../../../state/history.ts';
import type { TreeNode } from '../../../state/tree.ts';
import type { Facts } from '../../../relay/tree-history.ts';
import { useFeed, useWorld } from '../../relay-context.ts';

/** Changes that come together are read together. */
const GATHER_MS = 400;

export interface TreePast {
  readonly facts: Facts;
  /** By parent, then by child. */
  readonly messages: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Those of the tree. */
  readonly triggers: ReadonlyMap<string, TriggerView>;
}

export function useHistory(tree: TreeNode): TreePast {
  const feed = useFeed();
  const history = useMemo(() => feed.treeHistory(), [feed]);
  const facts = useStore(history.store);
  const known = useWorld((world) => world.triggers);
  const { rootId } = tree.session;
  const triggers = useMemo(
    () => new Map([...known].filter(([, trigger]) => trigger.rootId === rootId)),
    [known, rootId],
  );
  const messages = useMemo(
    () => new Map([...facts].map(([id, own]) => [id, messagesTo(own, triggers)] as const)),
    [facts, triggers],
  );
  useEffect(() => {
    // What is not read now is read with the next change, or when the link returns.
    const read = () => void history.read(idsOf(tree)).catch(() => undefined);
    const timer = setTimeout(read, GATHER_MS);
    const stop = feed.whenUp(read);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [feed, history, tree]);
  return { facts, messages, triggers };
}

function idsOf(node: TreeNode): TreeNode['session']['id'][] {
  return [node.session.id, ...node.children.flatMap(idsOf)];
}
