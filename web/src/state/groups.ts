/** Sessions in the groups of the list, and the search over them. */
import type { RunnerView, SessionView } from '@treeline/shared';
import { shownStatus, type TreeNode } from './tree.ts';

export const GROUPS = ['needs_you', 'working', 'waiting', 'done'] as const;
export type Group = (typeof GROUPS)[number];

export const GROUP_TITLES: Readonly<Record<Group, string>> = {
  needs_you: 'Needs you',
  working: 'Working',
  waiting: 'Waiting',
  done: 'Done',
};

const GROUP_OF: Readonly<Record<SessionView['status'], Group>> = {
  needs_you: 'needs_you',
  working: 'working',
  starting: 'working',
  queued: 'waiting',
  waiting_for_parent: 'waiting',
  waiting_for_child: 'waiting',
  runner_offline: 'waiting',
  idle: 'waiting',
  asleep: 'waiting',
  completed: 'done',
  failed: 'done',
  cancelled: 'done',
  lost: 'done',
};

export interface GroupedSessions {
  readonly group: Group;
  readonly trees: readonly TreeNode[];
}

/** Trees by what their root shows; a child's need moves its root up. Done: latest first. */
export function grouped(forest: readonly TreeNode[]): GroupedSessions[] {
  return GROUPS.map((group) => {
    const trees = forest.filter((tree) => groupOf(tree) === group);
    const ordered = group === 'done' ? trees.toSorted((a, b) => b.changedAt - a.changedAt) : trees;
    return { group, trees: ordered };
  }).filter(({ trees }) => trees.length > 0);
}

function groupOf(tree: TreeNode): Group {
  const own = GROUP_OF[shownStatus(tree)];
  // A root that is over while a session below it works is not done with.
  return own === 'done' && tree.children.some(anyLive) ? 'working' : own;
}

function anyLive(tree: TreeNode): boolean {
  return tree.session.lifecycle.state !== 'ended' || tree.children.some(anyLive);
}

export interface Narrowing {
  /** Words that all have to be found. */
  readonly q: string;
  readonly runner: string;
  /** `key=value` */
  readonly label: string;
}

/** Sessions that are wanted, with everything above them so that each stays in its place. */
export function narrowed(
  sessions: ReadonlyMap<string, SessionView>,
  runners: ReadonlyMap<string, RunnerView>,
  { q, runner, label }: Narrowing,
): SessionView[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const all = [...sessions.values()];
  if (words.length === 0 && runner === '' && label === '') return all;
  const kept = new Set<string>();
  for (const session of all) {
    if (runner !== '' && session.runnerId !== runner) continue;
    if (label !== '' && !pairsOf(session).includes(label)) continue;
    const text = textOf(session, runners.get(session.runnerId));
    if (!words.every((word) => text.includes(word))) continue;
    for (let up: SessionView | undefined = session; up !== undefined && !kept.has(up.id);) {
      kept.add(up.id);
      up = up.parentId === null ? undefined : sessions.get(up.parentId);
    }
  }
  return all.filter(({ id }) => kept.has(id));
}

/** Every label that some session has, as `key=value`. */
export function labelsOf(sessions: Iterable<SessionView>): string[] {
  return [...new Set([...sessions].flatMap(pairsOf))].toSorted();
}

function pairsOf({ labels }: SessionView): string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}

function textOf(session: SessionView, runner: RunnerView | undefined): string {
  const parts = [
    session.title,
    session.id,
    session.agent,
    session.cwd,
    session.model,
    runner?.profile.name,
    ...pairsOf(session),
  ];
  return parts.join(' ').toLowerCase();
}
