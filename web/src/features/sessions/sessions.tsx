import { useEffect, useMemo } from 'react';
import { paths, type SessionsBy, type SessionsView } from '../../paths.ts';
import { grouped, narrowed } from '../../state/groups.ts';
import { buildForest } from '../../state/tree.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Page } from '../page.tsx';
import { useRelay, useWorld } from '../relay-context.ts';
import { SessionFilters } from './session-filters.tsx';
import { SessionGroups } from './session-groups.tsx';
import { SessionTree } from './session-tree.tsx';

const VIEWS: readonly { readonly id: SessionsView; readonly text: string }[] = [
  { id: 'status', text: 'By state' },
  { id: 'tree', text: 'Tree' },
];

interface SessionsProps {
  /** What the address says. */
  readonly by: SessionsBy;
  readonly go: (path: string) => void;
  readonly onBy: (by: SessionsBy) => void;
}

const NARROWING = { q: '', state: '', runner: '', label: '' } as const;

/** Every session, by what it needs or as trees. */
export function Sessions({ by, go, onBy }: SessionsProps) {
  const relay = useRelay();
  const sessions = useWorld((world) => world.sessions);
  const runners = useWorld((world) => world.runners);
  const loaded = useWorld((world) => world.loaded);
  const { q, runner, label } = by;
  useEffect(() => relay.search(q), [relay, q]);
  const forest = useMemo(
    () => buildForest(narrowed(sessions, runners, { q, runner, label })),
    [sessions, runners, q, runner, label],
  );
  const groups = useMemo(
    () => grouped(forest).filter(({ group }) => by.state === '' || group === by.state),
    [forest, by.state],
  );

  return (
    <Page
      title="Sessions"
      actions={<Choice label="View" quiet options={VIEWS} value={by.view} onChange={(view) => onBy({ ...by, view })} />}
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
          <SessionFilters by={by} onBy={onBy} />
          {groups.length === 0 ? (
            <Empty
              title="Nothing found"
              action={<Button onClick={() => onBy({ ...by, ...NARROWING })}>Show all</Button>}
            />
          ) : by.view === 'tree' ? (
            <div className="rounded-xl border border-line bg-surface p-2">
              <SessionTree
                label="Sessions"
                forest={groups.flatMap(({ trees }) => trees)}
                onOpen={(id) => go(paths.session(id))}
              />
            </div>
          ) : (
            <SessionGroups groups={groups} />
          )}
        </div>
      )}
    </Page>
  );
}
