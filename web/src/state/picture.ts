/** The tree as a drawing: where each session stands, and what goes between them. Root at the left, its children to the right. */
import { hierarchy, tree as tidyTree } from 'd3-hierarchy';
import type { TriggerView } from '@treeline/shared';
import type { TreeNode } from './tree.ts';
import { isNotice, isOpen } from './triggers.ts';

export const BOX = { width: 212, height: 56 } as const;
const GAP = { across: 72, down: 14 } as const;
const MARGIN = 12;

export interface PlacedNode {
  readonly node: TreeNode;
  readonly parentId: string | undefined;
  /** Of its upper left corner, px. */
  readonly x: number;
  readonly y: number;
}

export interface Edge {
  readonly from: PlacedNode;
  readonly to: PlacedNode;
  /** Words of the parent to the child: told and answered. */
  readonly messages: number;
  /** Questions of the child, over or not. */
  readonly asks: number;
  /** One of them waits. */
  readonly waits: boolean;
}

export interface Picture {
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly Edge[];
  readonly width: number;
  readonly height: number;
}

export interface Talk {
  /** By parent, then by child. */
  readonly messages: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly triggers: Iterable<TriggerView>;
}

export function pictureOf(tree: TreeNode, { messages, triggers }: Talk): Picture {
  const layout = tidyTree<TreeNode>()
    .nodeSize([BOX.height + GAP.down, BOX.width + GAP.across])
    .separation(() => 1);
  const placed = layout(hierarchy(tree, ({ children }) => children));
  let top = Infinity;
  let bottom = -Infinity;
  let right = 0;
  placed.each(({ x, y }) => {
    top = Math.min(top, x);
    bottom = Math.max(bottom, x);
    right = Math.max(right, y);
  });
  const nodes = new Map<string, PlacedNode>();
  placed.each(({ data, parent, x, y }) => {
    const at = { x: y + MARGIN, y: x - top + MARGIN };
    nodes.set(data.session.id, { node: data, parentId: parent?.data.session.id, ...at });
  });
  const asks = asksOf(triggers);
  const edges = [...nodes.values()].flatMap((to): Edge[] => {
    const from = to.parentId === undefined ? undefined : nodes.get(to.parentId);
    if (from === undefined) return [];
    const { id } = to.node.session;
    const asked = asks.get(id) ?? { count: 0, waits: false };
    const told = messages.get(from.node.session.id)?.get(id) ?? 0;
    return [{ from, to, messages: told, asks: asked.count, waits: asked.waits }];
  });
  return {
    nodes: [...nodes.values()].toSorted((a, b) => a.y - b.y || a.x - b.x),
    edges,
    width: right + BOX.width + 2 * MARGIN,
    height: bottom - top + BOX.height + 2 * MARGIN,
  };
}

function asksOf(triggers: Iterable<TriggerView>): Map<string, { count: number; waits: boolean }> {
  const asks = new Map<string, { count: number; waits: boolean }>();
  for (const trigger of triggers) {
    if (isNotice(trigger.type)) continue;
    const known = asks.get(trigger.sessionId) ?? { count: 0, waits: false };
    asks.set(trigger.sessionId, { count: known.count + 1, waits: known.waits || isOpen(trigger) });
  }
  return asks;
}

/** The line of an edge, from the right side of the parent to the left side of the child; `shift` moves it down, px. */
export function linePath({ from, to }: Pick<Edge, 'from' | 'to'>, shift = 0): string {
  const start = { x: from.x + BOX.width, y: from.y + BOX.height / 2 + shift };
  const end = { x: to.x, y: to.y + BOX.height / 2 + shift };
  const middle = (start.x + end.x) / 2;
  return `M${start.x} ${start.y}C${middle} ${start.y} ${middle} ${end.y} ${end.x} ${end.y}`;
}

/** Where an arrow key leads: left to the parent, right to the first child, up and down to the neighbour of the same depth. */
export function neighbour({ nodes }: Picture, id: string, key: string): string | undefined {
  const here = nodes.find(({ node }) => node.session.id === id);
  if (here === undefined) return undefined;
  const column = nodes.filter(({ x }) => x === here.x);
  const at = column.indexOf(here);
  const to: Readonly<Record<string, string | undefined>> = {
    ArrowLeft: here.parentId,
    ArrowRight: here.node.children[0]?.session.id,
    ArrowUp: column[at - 1]?.node.session.id,
    ArrowDown: column[at + 1]?.node.session.id,
  };
  return to[key];
}
