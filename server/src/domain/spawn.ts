/** Starting a session: its record, its parent link, its place and its first prompt are one commit. */
import type { Actor, SessionId, SessionSpec } from '@treeline/shared';
import { idFor, isLive, TreelineError } from '@treeline/shared';
import type { Draft } from './draft.ts';
import { countLive, deliver } from './inbox.ts';
import { choosePlace } from './placement.ts';
import type { SessionRecord } from './records.ts';

export interface TreeLimits {
  readonly maxDepth: number;
  readonly maxLiveChildren: number;
  readonly maxLiveInTree: number;
  readonly spawnsPerMinute: number;
}

export interface SpawnRequest {
  readonly id: SessionId;
  readonly spec: SessionSpec;
  readonly parentId: SessionId | undefined;
  readonly by: Actor;
}

const MINUTE_MS = 60_000;
const TITLE_FROM_PROMPT = 60;

/**
 * Throws parent_unknown, parent_ended, depth_limit, children_limit, tree_limit, spawn_rate, no_runner, agent_unknown.
 * The parent is written with the child, so that its limits hold against any number of spawns at once.
 */
export function spawnSession(draft: Draft, request: SpawnRequest, limits: TreeLimits): SessionRecord {
  const { id, spec, by } = request;
  const parent = request.parentId === undefined ? undefined : liveParent(draft, request.parentId);
  if (parent !== undefined) admitChild(draft, parent, limits);
  const place = choosePlace(draft, spec, parent);
  // Where the worktree of the parent is, its runner knows.
  const inParentsFolder = place.runner.id === parent?.runnerId && parent.worktree !== true;
  const session: SessionRecord = {
    id,
    kind: place.agent === 'command' ? 'command' : 'agent',
    title: spec.title ?? titleOf(spec.prompt, place.agent),
    agent: place.agent,
    runnerId: place.runner.id,
    ...optional('cwd', spec.cwd ?? (inParentsFolder ? parent?.cwd : undefined)),
    ...optional('worktree', spec.worktree),
    ...optional('limits', spec.limits),
    ...optional('model', spec.model),
    labels: spec.labels ?? {},
    parentId: parent?.id ?? null,
    rootId: parent?.rootId ?? id,
    depth: parent === undefined ? 0 : parent.depth + 1,
    lifecycle: { state: 'queued', since: draft.now },
    attempt: 1,
    resumable: false,
    createdAt: draft.now,
    createdBy: by,
    inbox: { last: 0, consumed: 0, waking: 0, reviving: 0 },
    open: [],
    liveChildren: 0,
    treeLive: parent === undefined ? 1 : 0,
    recentSpawns: [],
  };
  draft.put('session', id, session);
  if (parent !== undefined) {
    draft.patch(parent, { recentSpawns: [...recent(parent, draft.now), draft.now] });
    countLive(draft, session, +1);
  }
  deliver(draft, session, {
    kind: 'prompt',
    id: idFor('message', id),
    text: spec.prompt,
    deliverAs: 'followUp',
    from: by,
  });
  draft.tell({ type: 'assigned', runnerId: session.runnerId, session: id });
  return draft.get('session', id) ?? session;
}

function liveParent(draft: Draft, id: SessionId): SessionRecord {
  const parent = draft.get('session', id);
  if (parent === undefined) throw new TreelineError('parent_unknown', `There is no session ${id} to be the parent`);
  if (!isLive(parent)) throw new TreelineError('parent_ended', `The parent "${parent.title}" (${id}) has ended`);
  return parent;
}

function admitChild(draft: Draft, parent: SessionRecord, limits: TreeLimits): void {
  if (parent.depth + 1 > limits.maxDepth) {
    throw new TreelineError(
      'depth_limit',
      `A tree is at most ${limits.maxDepth} levels deep below its root; "${parent.title}" is at level ${parent.depth}`,
    );
  }
  admitLive(draft, parent, limits);
  if (recent(parent, draft.now).length >= limits.spawnsPerMinute) {
    throw new TreelineError(
      'spawn_rate',
      `"${parent.title}" has spawned ${limits.spawnsPerMinute} sessions within a minute`,
    );
  }
}

/** A session that has ended and goes on counts as live again: the limits hold for it too. */
export function admitRevival(draft: Draft, session: SessionRecord, limits: TreeLimits): void {
  const parent = session.parentId === null ? session : draft.get('session', session.parentId);
  if (parent !== undefined) admitLive(draft, parent, limits, session);
}

/** One more live session below this parent; for a root that goes on, in its own tree. */
function admitLive(draft: Draft, parent: SessionRecord, limits: TreeLimits, revived?: SessionRecord): void {
  if (revived?.id !== parent.id && parent.liveChildren >= limits.maxLiveChildren) {
    throw new TreelineError(
      'children_limit',
      `"${parent.title}" has ${parent.liveChildren} live children, the most it may have`,
    );
  }
  const root = draft.get('session', parent.rootId);
  if ((root?.treeLive ?? 0) >= limits.maxLiveInTree) {
    throw new TreelineError('tree_limit', `The tree has ${root?.treeLive ?? 0} live sessions, the most it may have`);
  }
}

function recent(parent: SessionRecord, now: number): number[] {
  return parent.recentSpawns.filter((at) => at > now - MINUTE_MS);
}

function titleOf(prompt: string, agent: string): string {
  const line = prompt.trim().split('\n', 1)[0]?.trim() ?? '';
  if (line === '' || line.startsWith('[') || line.startsWith('{')) return `${agent} session`;
  return line.length <= TITLE_FROM_PROMPT ? line : `${line.slice(0, TITLE_FROM_PROMPT - 1)}…`;
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
