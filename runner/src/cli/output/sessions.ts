/** Sessions as a table, flat or as trees. */
import { type RunnerView, type SessionTree, type SessionView, shortId, type TriggerView } from '@treeline/shared';
import { formatAge } from '../time.ts';
import type { Look } from './output.ts';
import { type Column, renderTable } from './table.ts';
import { statusText, TRIGGER_WORDS } from './words.ts';

export interface SessionRow {
  readonly session: SessionView;
  /** Drawn before the title: the branches of the tree. */
  readonly branch: string;
}

export interface SessionTableContext {
  readonly runners: readonly RunnerView[];
  readonly triggers: readonly TriggerView[];
  readonly now: number;
  readonly look: Look;
}

export function renderSessions(rows: readonly SessionRow[], context: SessionTableContext): Promise<string[]> {
  const { look, now } = context;
  const runnerName = ({ runnerId }: SessionView) =>
    context.runners.find(({ id }) => id === runnerId)?.profile.name ?? shortId(runnerId);
  const columns: Column<SessionRow>[] = [
    { heading: 'STATE', cell: ({ session }) => statusText(session.status, look) },
    {
      heading: 'SESSION',
      flexible: true,
      cell: ({ session, branch }) => `${look.colors.dim(branch)}${shortId(session.id)}  ${session.title}`,
    },
    { heading: 'RUNNER', cell: ({ session }) => runnerName(session) },
    { heading: 'AGENT', cell: ({ session }) => session.agent },
    { heading: 'AGE', cell: ({ session }) => formatAge(now - session.createdAt) },
    { heading: 'COST', cell: ({ session }) => costText(session) },
    { heading: '', flexible: true, cell: ({ session }) => remark(session, context) },
  ];
  return renderTable(rows, columns, look);
}

/** Rows of a tree in the order they are read, each with its branches. */
export function treeRows(tree: SessionTree, look: Look): SessionRow[] {
  const { symbols } = look;
  const below = (node: SessionTree, stem: string): SessionRow[] =>
    node.children.flatMap((child, at) => {
      const last = at === node.children.length - 1;
      const row = { session: child.session, branch: stem + (last ? symbols.lastBranch : symbols.branch) };
      return [row, ...below(child, stem + (last ? ' '.repeat(symbols.trunk.length) : symbols.trunk))];
    });
  return [{ session: tree.session, branch: '' }, ...below(tree, '')];
}

/** Trees of a flat list, in its order; a session whose parent is not in the list is a root. Children oldest first. */
export function forestOf(sessions: readonly SessionView[]): SessionTree[] {
  const nodes = new Map(sessions.map((session) => [session.id, { session, children: [] as SessionTree[] }]));
  const roots: SessionTree[] = [];
  for (const node of nodes.values()) {
    const parent = node.session.parentId === null ? undefined : nodes.get(node.session.parentId);
    (parent?.children ?? roots).push(node);
  }
  for (const { children } of nodes.values()) children.sort((a, b) => a.session.createdAt - b.session.createdAt);
  return roots;
}

function costText({ usage }: SessionView): string {
  return usage?.costUsd === undefined ? '' : `$${usage.costUsd.toFixed(2)}`;
}

/** What keeps the session, in a few words. */
function remark(session: SessionView, { triggers, now, look }: SessionTableContext): string {
  const asked = triggers.find(({ id }) => session.openTriggers.includes(id));
  const words =
    asked === undefined
      ? (session.waiting ?? '')
      : `${TRIGGER_WORDS[asked.type]} ${shortId(asked.id)}, ${formatAge(now - asked.createdAt)}${session.waiting === undefined ? '' : `, ${session.waiting}`}`;
  return words === '' ? '' : look.colors.dim(`${look.symbols.arrow} ${words}`);
}
