/** Sessions as trees, each node with the worst of what lies below it. */
import type { SessionView } from '@treeline/shared';
import { urgency } from './words.ts';

export interface TreeNode {
  readonly session: SessionView;
  readonly children: readonly TreeNode[];
  /** Sessions below it. */
  readonly below: number;
  /** The most urgent status below it that is more urgent than its own, and how many levels down the nearest is. */
  readonly worst: { readonly status: SessionView['status']; readonly levels: number; readonly id: string } | undefined;
  /** The latest change in it or below. */
  readonly changedAt: number;
}

/** Every tree of these sessions; a session whose parent is not among them is a root here. Children in the order of their birth. */
export function buildForest(sessions: Iterable<SessionView>): TreeNode[] {
  const all = new Map<string, SessionView>();
  for (const session of sessions) all.set(session.id, session);
  const children = new Map<string, SessionView[]>();
  const roots: SessionView[] = [];
  for (const session of all.values()) {
    const parent = session.parentId !== null && all.has(session.parentId) ? session.parentId : undefined;
    if (parent === undefined) roots.push(session);
    else children.set(parent, [...(children.get(parent) ?? []), session]);
  }
  return roots.map((root) => node(root, children)).toSorted((a, b) => compareNodes(a, b));
}

function node(session: SessionView, children: ReadonlyMap<string, SessionView[]>): TreeNode {
  const below = (children.get(session.id) ?? [])
    .toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
    .map((child) => node(child, children));
  return {
    session,
    children: below,
    below: below.reduce((sum, child) => sum + 1 + child.below, 0),
    worst: worstBelow(session, below),
    changedAt: Math.max(session.lifecycle.since, ...below.map(({ changedAt }) => changedAt)),
  };
}

function worstBelow(session: SessionView, children: readonly TreeNode[]): TreeNode['worst'] {
  const candidates = children.flatMap(({ session: child, worst }) => [
    { status: child.status, levels: 1, id: child.id as string },
    ...(worst === undefined ? [] : [{ ...worst, levels: worst.levels + 1 }]),
  ]);
  const [worst] = candidates.toSorted((a, b) => urgency(a.status) - urgency(b.status) || a.levels - b.levels);
  // What is over is no news to a session that itself goes on or is over.
  if (worst === undefined || urgency(worst.status) >= urgency(session.status)) return undefined;
  return OVER.has(worst.status) ? undefined : worst;
}

const OVER: ReadonlySet<SessionView['status']> = new Set(['completed', 'failed', 'cancelled', 'lost']);

/** The status that a node shows to somebody who sees only it. */
export function shownStatus({ session, worst }: TreeNode): SessionView['status'] {
  return worst?.status === 'needs_you' ? 'needs_you' : session.status;
}

/** Trees that need somebody first, then the latest. */
function compareNodes(a: TreeNode, b: TreeNode): number {
  const needs = (node: TreeNode) => Number(shownStatus(node) === 'needs_you');
  return needs(b) - needs(a) || b.session.createdAt - a.session.createdAt;
}

export function findNode(forest: readonly TreeNode[], id: string): TreeNode | undefined {
  for (const tree of forest) {
    const found = tree.session.id === id ? tree : findNode(tree.children, id);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** From the root down to the session, as far as they are known. */
export function pathTo(sessions: ReadonlyMap<string, SessionView>, id: string): SessionView[] {
  const path: SessionView[] = [];
  for (let session = sessions.get(id); session !== undefined && !path.includes(session);) {
    path.unshift(session);
    session = session.parentId === null ? undefined : sessions.get(session.parentId);
  }
  return path;
}

/** The tree as the lines that are to be seen. */
export interface TreeLine {
  readonly node: TreeNode;
  readonly level: number;
  readonly position: number;
  readonly size: number;
}

export function linesOf(forest: readonly TreeNode[], isCollapsed: (id: string) => boolean, level = 1): TreeLine[] {
  return forest.flatMap((tree, at) => [
    { node: tree, level, position: at + 1, size: forest.length },
    ...(isCollapsed(tree.session.id) ? [] : linesOf(tree.children, isCollapsed, level + 1)),
  ]);
}

/** Sessions below it that are not over. */
export function liveBelow({ children }: TreeNode): number {
  return children.reduce((sum, child) => sum + Number(child.session.lifecycle.state !== 'ended') + liveBelow(child), 0);
}

/** The session beside it under the same parent, `step` places on; a root's neighbours are the other roots. */
export function siblingOf(forest: readonly TreeNode[], id: string, step: number): string | undefined {
  const at = forest.findIndex(({ session }) => session.id === id);
  if (at >= 0) return forest[at + step]?.session.id;
  for (const { children } of forest) {
    const found = siblingOf(children, id, step);
    if (found !== undefined) return found;
  }
  return undefined;
}
