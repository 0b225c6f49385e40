import { useEffect, type ReactNode } from 'react';
import { classes } from '../ui/classes.ts';
import { useWorld } from './relay-context.ts';
import { waitingForPeople } from '../state/world.ts';

interface PageProps {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly narrow?: boolean;
}

/** A screen with its heading; its title is the window's, behind the number of what waits. */
export function Page({ title, actions, children, narrow = false }: PageProps) {
  useWindowTitle(title);
  return (
    <div className={classes('mx-auto w-full px-4 pb-8 lg:px-8', narrow ? 'max-w-3xl' : 'max-w-6xl')}>
      <header className="flex min-h-16 flex-wrap items-center justify-between gap-x-4 gap-y-2 py-2">
        <h1 className="text-xl font-bold">{title}</h1>
        {actions}
      </header>
      {children}
    </div>
  );
}

export function useWindowTitle(title: string): void {
  const waiting = useWorld(waitingForPeople);
  useEffect(() => {
    document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${title} · Treeline`;
  }, [title, waiting]);
}
