import { Inbox, ListTree, Menu, Plus, Server } from 'lucide-react';
import { areas, paths } from '../../paths.ts';
import { waitingForPeople } from '../../state/world.ts';
import { classes } from '../../ui/classes.ts';
import { useMay, useWorld } from '../relay-context.ts';
import { Area } from './area.tsx';

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
          pattern={areas.inbox}
          text="Inbox"
          icon={<Inbox aria-hidden="true" size={22} />}
          badge={waiting}
        />
        <Area
          href={paths.sessions()}
          pattern={areas.sessions}
          text="Sessions"
          icon={<ListTree aria-hidden="true" size={22} />}
        />
        {mayStart && (
          <Area href={paths.spawn} pattern={areas.spawn} text="New" icon={<Plus aria-hidden="true" size={22} />} />
        )}
        <Area
          href={paths.runners}
          pattern={areas.runners}
          text="Runners"
          icon={<Server aria-hidden="true" size={22} />}
        />
        <Area href={paths.settings} pattern={areas.settings} text="More" icon={<Menu aria-hidden="true" size={22} />} />
      </ul>
    </nav>
  );
}
