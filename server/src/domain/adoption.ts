/**
 * Bringing back what a store has lost: a runner claims a session that is in its folders and not in the store. A claim is
 * believed about the session alone. That it is somebody's child is believed when the parent's own log says so (`spawn`),
 * whichever of the two comes back first; until then it is a root that names its former parent.
 */
import {
  type Fact,
  isLive,
  type RunnerId,
  type SessionClaim,
  type SessionId,
  timeOf,
  TreelineError,
} from '@treeline/shared';
import type { Draft } from './draft.ts';
import { noticeAgain } from './ending.ts';
import { skipLost } from './inbox.ts';
import type { SessionRecord } from './records.ts';
import type { Rules } from './rules.ts';
import { moveSubtree, subtreeOf } from './subtree.ts';

/** Where a parent put a child, as its `spawn` says. */
export interface SpawnPlace {
  /** Null: on a runner with these labels. */
  readonly runnerId: RunnerId | null;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Adopting {
  readonly runnerId: RunnerId;
  /** When the store began, ms since 1970. */
  readonly storeBornAt: number;
  readonly rules: Rules;
}

/** Only a store that is younger than the session can have lost it: what is unknown to an older one was deleted there. */
export function mayBeLost(id: SessionId, storeBornAt: number): boolean {
  return timeOf(id) < storeBornAt;
}

/** The record of a session that the store does not know. Again for its own runner it changes nothing. Throws not_yours. */
export function adoptSession(draft: Draft, claim: SessionClaim, by: Adopting): SessionRecord {
  const known = draft.get('session', claim.id);
  if (known?.runnerId === by.runnerId) return known;
  const once = `adopted:${claim.id}`;
  if (known !== undefined || !mayBeLost(claim.id, by.storeBornAt) || draft.get('request', once) !== undefined)
    throw new TreelineError('not_yours', `Session ${claim.id} is not one that this store lost`);
  // For ever: a session that is deleted after this does not come back.
  draft.put('request', once, { digest: '', result: by.runnerId });
  const session = recordOf(claim, by.runnerId, draft.now);
  draft.put('session', claim.id, session);
  skipLost(draft, session, claim.inboxPosition);
  if (claim.parentId !== null) {
    const parent = draft.get('session', claim.parentId);
    const place = draft.get('request', spawnKey(claim.parentId, claim.id))?.result as SpawnPlace | undefined;
    if (parent !== undefined && place !== undefined) linkChild(draft, { parent, child: claim.id, place }, by.rules);
  }
  return draft.get('session', claim.id) ?? session;
}

function recordOf(claim: SessionClaim, runnerId: RunnerId, now: number): SessionRecord {
  const { id, agent, title, cwd, worktree, limits, model, labels, parentId, attempt, ended } = claim;
  const waking = claim.inboxPosition;
  return {
    id,
    kind: agent === 'command' ? 'command' : 'agent',
    title,
    agent,
    runnerId,
    ...(cwd === undefined ? {} : { cwd }),
    ...(worktree === undefined ? {} : { worktree }),
    ...(limits === undefined ? {} : { limits }),
    ...(model === undefined ? {} : { model }),
    labels,
    parentId: null,
    ...(parentId === null ? {} : { formerParentId: parentId, lostParent: { id: parentId } }),
    rootId: id,
    depth: 0,
    lifecycle: ended
      ? { state: 'ended', since: now, outcome: 'lost', reason: 'lost', detail: BEING_READ, resumable: false }
      : { state: 'starting', since: now },
    attempt,
    resumable: false,
    createdAt: timeOf(id),
    // Who it was, nobody knows any more.
    createdBy: { kind: 'relay' },
    inbox: { last: 0, consumed: 0, waking, reviving: 0 },
    open: [],
    liveChildren: 0,
    treeLive: ended ? 0 : 1,
    recentSpawns: [],
    ...(claim.history.epoch === 0 ? {} : { refill: { until: claim.history, open: claim.open } }),
  };
}

const BEING_READ = 'The relay’s store was lost; how it ended is being read from its log';

const spawnKey = (parent: SessionId, child: SessionId) => `spawned:${parent}:${child}`;

/** The log of a parent says that it has started this child: links the two, or notes it until the child is back. */
export function confirmChild(
  draft: Draft,
  { parent, child, place }: { parent: SessionRecord; child: SessionId; place: SpawnPlace },
  rules: Rules,
): void {
  if (draft.get('session', child) === undefined)
    draft.put('request', spawnKey(parent.id, child), { digest: '', result: place });
  else linkChild(draft, { parent, child, place }, rules);
}

/** Does nothing unless both say that they belong together, and the tree stays one. */
function linkChild(
  draft: Draft,
  link: { parent: SessionRecord; child: SessionId; place: SpawnPlace },
  { tree, times }: Rules,
): void {
  const { parent, place } = link;
  const child = draft.get('session', link.child);
  if (child?.lostParent?.id !== parent.id || !isOn(draft, child.runnerId, place)) return;
  if (parent.rootId === child.id) return;
  const height = Math.max(...subtreeOf(draft, child).map(({ depth }) => depth));
  if (parent.depth + 1 + height > tree.maxDepth) return;
  const treeLive = moveSubtree(draft, child, { parent });
  const { formerParentId: _former, lostParent: lost, ...rest } = draft.get('session', child.id) ?? child;
  const linked: SessionRecord = { ...rest, treeLive: 0 };
  draft.put('session', child.id, linked);
  const root = draft.get('session', parent.rootId);
  if (root !== undefined) draft.patch(root, { treeLive: root.treeLive + treeLive });
  const current = draft.get('session', parent.id);
  if (isLive(linked) && current !== undefined) draft.patch(current, { liveChildren: current.liveChildren + 1 });
  if (lost?.notice !== undefined) noticeAgain(draft, linked, { triggerId: lost.notice, times });
}

/** As placement.ts chooses it: what is named, else the parent's runner. */
export function placeOf(parent: SessionRecord, { spec }: Pick<Fact<'spawn'>, 'spec'>): SpawnPlace {
  const { runnerId, runnerLabels } = spec;
  return { runnerId: runnerId ?? (runnerLabels === undefined ? parent.runnerId : null), labels: runnerLabels ?? {} };
}

function isOn(draft: Draft, runnerId: RunnerId, place: SpawnPlace): boolean {
  if (place.runnerId !== null) return place.runnerId === runnerId;
  const labels = draft.get('runner', runnerId)?.profile.labels ?? {};
  return Object.entries(place.labels).every(([name, value]) => labels[name] === value);
}
