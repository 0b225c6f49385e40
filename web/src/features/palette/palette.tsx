import { useDeferredValue, useEffect, useId, useMemo, useState, type KeyboardEvent } from 'react';
import { paths } from '../../paths.ts';
import { find, type Place } from '../../state/found.ts';
import { classes } from '../../ui/classes.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { CONTROL } from '../../ui/field.tsx';
import { useRelay, useWorld } from '../relay-context.ts';

interface PaletteProps {
  readonly go: (path: string) => void;
  readonly onClose: () => void;
}

const PLACES: readonly Place[] = [
  { text: 'Inbox', path: paths.inbox },
  { text: 'Sessions', path: paths.sessions() },
  { text: 'Sessions as a tree', path: paths.sessions('tree') },
  { text: 'New session', path: paths.spawn },
  { text: 'Runners', path: paths.runners },
  { text: 'Add a runner', path: paths.addRunner },
  { text: 'Settings', path: paths.settings },
];

/** Goes to any session and any screen by a few letters. */
export function Palette({ go, onClose }: PaletteProps) {
  const relay = useRelay();
  const sessions = useWorld((world) => world.sessions);
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();
  const wanted = useDeferredValue(query);
  const found = useMemo(
    () => find(wanted, { sessions: sessions.values(), places: PLACES, pathOf: (id) => paths.session(id) }),
    [wanted, sessions],
  );
  useEffect(() => relay.search(wanted), [relay, wanted]);
  const chosen = Math.min(at, found.length - 1);
  const open = (index: number) => {
    const one = found[index];
    if (one === undefined) return;
    onClose();
    go(one.path);
  };
  const keys = (event: KeyboardEvent) => {
    const acts: Readonly<Record<string, () => void>> = {
      ArrowDown: () => setAt(Math.min(found.length - 1, chosen + 1)),
      ArrowUp: () => setAt(Math.max(0, chosen - 1)),
      Enter: () => open(chosen),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  return (
    <Dialog title="Go to" onClose={onClose}>
      <input
        data-autofocus=""
        role="combobox"
        aria-label="Session or screen"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={found[chosen] === undefined ? undefined : `${list}-${chosen}`}
        autoComplete="off"
        spellCheck={false}
        className={CONTROL}
        placeholder="Session or screen"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={keys}
      />
      <div id={list} role="listbox" aria-label="Found" className="mt-2 flex max-h-[50dvh] flex-col overflow-y-auto">
        {found.map(({ key, text, hint }, index) => (
          <div
            key={key}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === chosen}
            tabIndex={-1}
            onClick={() => open(index)}
            onKeyDown={keys}
            className={classes(
              'flex min-h-11 cursor-pointer items-center justify-between gap-3 rounded-lg px-3',
              index === chosen ? 'bg-accent-soft' : 'hover:bg-hover',
            )}
          >
            <span className="min-w-0 truncate">{text}</span>
            <span className="shrink-0 text-[0.8125rem] text-muted">{hint}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="py-4 text-center text-muted">Nothing found</p>}
    </Dialog>
  );
}
