import type { SessionView } from '@treeline/shared';
import { ArrowLeft, Square } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { paths } from '../../paths.ts';
import type { TreeNode } from '../../state/tree.ts';
import { Button } from '../../ui/button.tsx';
import { useShared } from '../relay-context.ts';
import { classes } from '../../ui/classes.ts';
import { StatusPill } from '../status-pill.tsx';

interface SessionHeaderProps {
  readonly session: SessionView;
  readonly ancestors: readonly SessionView[];
  readonly worst: TreeNode['worst'];
  readonly onStop: (() => void) | undefined;
  readonly menu: ReactNode;
}

export function SessionHeader({ session, ancestors, worst, onStop, menu }: SessionHeaderProps) {
  const shared = useShared();
  return (
    <header className="flex flex-col px-2 pt-1 lg:px-4">
      <div className={classes('flex min-h-11 items-center gap-1', shared && ancestors.length === 0 && 'hidden')}>
        {!shared && (
          <Link
            href={paths.sessions()}
            aria-label="All sessions"
            className="flex size-11 shrink-0 items-center justify-center rounded-lg hover:bg-hover lg:hidden"
          >
            <ArrowLeft aria-hidden="true" size={20} />
          </Link>
        )}
        <nav aria-label="Ancestors" className="min-w-0 flex-1 lg:pl-2">
          <ol className="flex min-w-0 items-center gap-1 overflow-x-auto text-[0.875rem] text-muted [scrollbar-width:none]">
            {!shared && (
              <li className={ancestors.length === 0 ? 'flex items-center gap-1' : 'hidden items-center gap-1 lg:flex'}>
                <Link href={paths.sessions()} className="py-3 underline-offset-2 hover:text-text hover:underline">
                  Sessions
                </Link>
                <span aria-hidden="true">›</span>
              </li>
            )}
            {ancestors.map(({ id, title }) => (
              <li key={id} className="flex min-w-14 items-center gap-1">
                <Link
                  href={paths.session(id)}
                  dir="auto"
                  className="min-w-11 truncate py-3 underline-offset-2 hover:text-text hover:underline"
                >
                  {title}
                </Link>
                <span aria-hidden="true">›</span>
              </li>
            ))}
          </ol>
        </nav>
        {onStop !== undefined && (
          <Button look="quiet" className="px-3" onClick={onStop}>
            <Square aria-hidden="true" size={16} />
            Stop
          </Button>
        )}
        {menu}
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-2 pb-1">
        <h1
          dir="auto"
          title={session.title}
          className="line-clamp-3 min-w-0 text-lg leading-snug font-bold break-words short:line-clamp-1 lg:line-clamp-2"
        >
          {session.title}
        </h1>
        <StatusPill status={session.status} worst={worst} />
      </div>
      {session.waiting !== undefined && <p className="px-2 pb-1 text-[0.875rem] text-muted">{session.waiting}</p>}
    </header>
  );
}
