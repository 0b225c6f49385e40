import type { ReactNode } from 'react';
import { Link, useRoute } from 'wouter';
import { classes } from '../../ui/classes.ts';

interface AreaProps {
  readonly href: string;
  readonly pattern: RegExp;
  readonly text: string;
  readonly icon: ReactNode;
  readonly badge?: number;
}

/** One of the areas: where it leads, and how many things wait there. */
export function Area({ href, pattern, text, icon, badge = 0 }: AreaProps) {
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
