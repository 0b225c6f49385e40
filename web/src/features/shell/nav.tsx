import { Inbox, ListTree, Menu, Plus, Server } from 'lucide-react';
import { Link, useRoute } from 'wouter';
import type { ReactNode } from 'react';
import { paths } from '../../paths.ts';
import { waitingForPeople } from '../../state/world.ts';
import { classes } from '../../ui/classes.ts';
import { useMay, useWorld } from '../relay-context.ts';

/** The five areas: below on a phone, at the left on a wide screen. */
export function Nav({ className }: { readonly className?: string }) {
  const waiting = useWorld(waitingForPeople);
  const mayStart = useMay('start');
  return (
    <nav
      aria-label="Areas"
      className={classes(
        'shrink-0 border-line bg-surface',
        'max-lg:border-t max-lg:pb-[env(safe-area-inset-bottom)]',
        'lg:w-22 lg:border-r lg:pt-3',
        className,
      )}
    >
      <ul className="flex justify-around lg:flex-col lg:gap-1 lg:px-2">
        <Area
          href={paths.inbox}
          pattern={/^\/inbox/}
          text="Inbox"
          icon={<Inbox aria-hidden="true" size={22} />}
          badge={waiting}
        />
        <Area
          href={paths.sessions()}
          pattern={/^\/(sessions|s)(\/|$)/}
          text="Sessions"
          icon={<ListTree aria-hidden="true" size={22} />}
        />
        {mayStart && (
          <Area href={paths.spawn} pattern={/^\/new/} text="New" icon={<Plus aria-hidden="true" size={22} />} />
        )}
        <Area
          href={paths.runners}
          pattern={/^\/runners/}
          text="Runners"
          icon={<Server aria-hidden="true" size={22} />}
        />
        <Area
          href={paths.settings}
          pattern={/^\/(settings|activity)/}
          text="More"
          icon={<Menu aria-hidden="true" size={22} />}
        />
      </ul>
    </nav>
  );
}

interface AreaProps {
  readonly href: string;
  readonly pattern: RegExp;
  readonly text: string;
  readonly icon: ReactNode;
  readonly badge?: number;
}

function Area({ href, pattern, text, icon, badge = 0 }: AreaProps) {
  const [here] = useRoute(pattern);
  return (
    <li className="flex-1">
      <Link
        href={href}
        aria-current={here ? 'page' : undefined}
        className={classes(
          'relative flex min-h-15 flex-col items-center justify-center gap-0.5 rounded-lg text-[0.75rem] font-medium -outline-offset-2!',
          here ? 'text-accent' : 'text-muted hover:text-text',
        )}
      >
        <span className={classes('rounded-full px-4 py-0.5', here && 'bg-accent-soft')}>{icon}</span>
        {text}
        {badge > 0 && (
          <span className="absolute top-1 left-[calc(50%+0.4rem)] min-w-5 rounded-full bg-attention px-1.5 text-center text-[0.75rem] leading-5 font-bold text-surface">
            {badge}
            <span className="sr-only"> waiting for you</span>
          </span>
        )}
      </Link>
    </li>
  );
}
