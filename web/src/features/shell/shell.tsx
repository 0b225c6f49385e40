import { Suspense, useCallback, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { paths } from '../../paths.ts';
import { useRelay } from '../relay-context.ts';
import { useKeys } from '../use-keys.ts';
import { classes } from '../../ui/classes.ts';
import { KeyHelp } from './key-help.tsx';
import { Nav } from './nav.tsx';
import { OfflineBanner } from './offline-banner.tsx';
import { Toasts } from './toasts.tsx';
import { UpdateNote } from './update-note.tsx';
import { usePaletteKey } from './use-palette-key.ts';
import { part } from '../lazy-part.ts';

const Palette = part(
  () => import('../palette/palette.tsx'),
  (it) => it.Palette,
);

interface ShellProps {
  readonly go: (path: string) => void;
  /** The screen fills what there is and scrolls inside itself; on a phone the bar makes room for it. */
  readonly full: boolean;
  readonly children: ReactNode;
}

/** What is around every screen. */
export function Shell({ go, full, children }: ShellProps) {
  const [help, setHelp] = useState(false);
  const waiting = useStore(useRelay().outbox.store).length;
  const [searching, setSearching] = useState(false);
  usePaletteKey(useCallback(() => setSearching(true), []));
  useKeys({
    'g i': () => go(paths.inbox),
    'g s': () => go(paths.sessions()),
    'g r': () => go(paths.runners),
    n: () => go(paths.spawn),
    '?': () => setHelp(true),
  });
  return (
    <div className="flex h-dvh flex-col">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-lg focus:bg-accent focus:px-4 focus:py-3 focus:text-on-accent"
      >
        Skip to the content
      </a>
      <OfflineBanner waiting={waiting} />
      <UpdateNote />
      {searching && (
        <Suspense fallback={null}>
          <Palette go={go} onClose={() => setSearching(false)} />
        </Suspense>
      )}
      {help && <KeyHelp onClose={() => setHelp(false)} />}
      <div className="flex min-h-0 flex-1 max-lg:flex-col-reverse">
        <Nav className={full ? 'max-lg:hidden' : ''} />
        <main
          id="main"
          tabIndex={-1}
          className={classes('min-h-0 min-w-0 flex-1 outline-none', full ? 'overflow-hidden' : 'overflow-y-auto')}
        >
          {children}
        </main>
      </div>
      <Toasts />
    </div>
  );
}
