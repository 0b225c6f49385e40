import { Link } from 'wouter';
import { paths } from '../../paths.ts';
import { shownStatus, type TreeNode } from '../../state/tree.ts';
import { Ago } from '../ago.tsx';
import { useWorld } from '../relay-context.ts';
import { StatusPill } from '../status-pill.tsx';
import { classes } from '../../ui/classes.ts';
import { lastLine } from './last-line.ts';

interface SessionLineProps {
  readonly tree: TreeNode;
  readonly selected?: boolean;
}

/** One tree in the list: its root, where it runs, and the worst of what is below. */
export function SessionLine({ tree, selected = false }: SessionLineProps) {
  const { session, below, worst } = tree;
  const runner = useWorld((world) => world.runners.get(session.runnerId)?.profile.name);
  const line = lastLine(session);
  return (
    <Link
      href={paths.session(session.id)}
      aria-current={selected ? 'page' : undefined}
      data-session-line=""
      className={classes(
        'flex flex-col gap-1 rounded-xl border bg-surface p-3 hover:bg-hover',
        selected ? 'border-accent' : shownStatus(tree) === 'needs_you' ? 'border-attention-edge' : 'border-line',
      )}
    >
      <span className="flex items-start justify-between gap-2">
        <span dir="auto" className="min-w-0 font-semibold break-words">
          {session.title}
        </span>
        <StatusPill status={session.status} worst={worst} />
      </span>
      {line !== undefined && <span className="line-clamp-2 text-[0.875rem] text-muted">{line}</span>}
      <span className="flex flex-wrap items-center gap-x-3 text-[0.8125rem] text-muted">
        <span>
          {session.agent}
          {runner !== undefined && ` @ ${runner}`}
        </span>
        {below > 0 && (
          <span>
            {below} {below === 1 ? 'child' : 'below'} <span aria-hidden="true">›</span>
          </span>
        )}
        {session.usage?.costUsd !== undefined && <span>${session.usage.costUsd.toFixed(2)}</span>}
        <span className="ml-auto">
          <Ago at={tree.changedAt} /> ago
        </span>
      </span>
    </Link>
  );
}
