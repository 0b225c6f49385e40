import { useMemo, useRef, useState } from 'react';
import { paths, type SessionsView } from '../../paths.ts';
import { grouped, GROUP_TITLES, search } from '../../state/groups.ts';
import { buildForest } from '../../state/tree.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Empty } from '../../ui/empty.tsx';
import { CONTROL } from '../../ui/field.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Page } from '../page.tsx';
import { useWorld } from '../relay-context.ts';
import { useKeys } from '../use-keys.ts';
import { SessionLine } from './session-line.tsx';
import { SessionTree } from './session-tree.tsx';

const VIEWS: readonly { readonly id: SessionsView; readonly text: string }[] = [
  { id: 'status', text: 'By state' },
  { id: 'tree', text: 'Tree' },
];

interface SessionsProps {
  readonly view: SessionsView;
  readonly go: (path: string) => void;
}

export function Sessions({ view, go }: SessionsProps) {
  const sessions = useWorld((world) => world.sessions);
  const runners = useWorld((world) => world.runners);
  const loaded = useWorld((world) => world.loaded);
  const [query, setQuery] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const forest = useMemo(() => buildForest(search(sessions, runners, query)), [sessions, runners, query]);
  useListKeys();
  useKeys({ '/': () => field.current?.focus() });

  return (
    <Page
      title="Sessions"
      actions={<Choice label="View" quiet options={VIEWS} value={view} onChange={(id) => go(paths.sessions(id))} />}
    >
      {!loaded ? (
        <Skeleton rows={5} height={5.5} />
      ) : sessions.size === 0 ? (
        <Empty
          title="No sessions yet"
          command="treeline session new 'Say hello'"
          action={
            <Button look="primary" onClick={() => go(paths.spawn)}>
              Start one
            </Button>
          }
        >
          A session is one conversation with an agent, on one of your machines.
        </Empty>
      ) : (
        <div className="@container flex flex-col gap-5">
          <input
            ref={field}
            type="search"
            aria-label="Search sessions"
            placeholder="Search title, runner, agent, label"
            className={`${CONTROL} max-w-xl`}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') event.currentTarget.blur();
            }}
          />
          {forest.length === 0 ? (
            <Empty title="Nothing found" action={<Button onClick={() => setQuery('')}>Show all</Button>} />
          ) : view === 'tree' ? (
            <div className="rounded-xl border border-line bg-surface p-2">
              <SessionTree label="Sessions" forest={forest} onOpen={(id) => go(paths.session(id))} />
            </div>
          ) : (
            grouped(forest).map(({ group, trees }) => (
              <section key={group} aria-label={GROUP_TITLES[group]} className="flex flex-col gap-2">
                <h2 className="text-[0.875rem] font-semibold text-muted">
                  {GROUP_TITLES[group]} <span className="font-normal">{trees.length}</span>
                </h2>
                <ul className="grid gap-2 @min-3xl:grid-cols-2">
                  {trees.map((tree) => (
                    <li key={tree.session.id} className="min-w-0">
                      <SessionLine tree={tree} />
                    </li>
                  ))}
                </ul>
              </section>
            ))
          )}
        </div>
      )}
    </Page>
  );
}

/** j and k walk the lines; Enter is the link's own. */
function useListKeys(): void {
  const step = (by: number) => {
    const lines = [...document.querySelectorAll<HTMLElement>('[data-session-line]')];
    const at = lines.findIndex((line) => line === document.activeElement);
    lines[Math.min(lines.length - 1, Math.max(0, at + by))]?.focus();
  };
  useKeys({ j: () => step(1), k: () => step(-1) });
}
