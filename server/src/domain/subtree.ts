/** A session with everything below it, and where that hangs. */
import { isLive } from '@treeline/shared';
import type { Draft } from './draft.ts';
import type { SessionRecord } from './records.ts';
import { childrenOf, type World } from './world.ts';

/** The session first, then everything below it. */
export function subtreeOf(world: World, session: SessionRecord): SessionRecord[] {
  return [
    session,
    ...childrenOf(world, session.id).flatMap((id) => {
      const child = world.get('session', id);
      return child === undefined ? [] : subtreeOf(world, child);
    }),
  ];
}

/**
 * Hangs it below another parent, or below none: root and depth of all in it follow, and so do their triggers. Returns how
 * many of them are live; the counts of live sessions at the old and the new place are the caller's.
 */
export function moveSubtree(
  draft: Draft,
  top: SessionRecord,
  { parent }: { parent: SessionRecord | undefined },
): number {
  const rootId = parent?.rootId ?? top.id;
  const deeper = (parent === undefined ? 0 : parent.depth + 1) - top.depth;
  const parentId = parent?.id ?? null;
  const members = subtreeOf(draft, top);
  for (const member of members) {
    const isTop = member.id === top.id;
    draft.patch(member, { rootId, depth: member.depth + deeper, ...(isTop ? { parentId } : {}) });
    for (const triggerId of draft.list('trigger', 'session', member.id)) {
      const trigger = draft.get('trigger', triggerId);
      if (trigger !== undefined)
        draft.put('trigger', triggerId, { ...trigger, rootId, ...(isTop ? { parentId } : {}) });
    }
  }
  return members.filter(isLive).length;
}
