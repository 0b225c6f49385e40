import { Suspense, useEffect, useState } from 'react';
import type { TriggerId, TriggerView } from '@treeline/shared';
import { paths } from '../../paths.ts';
import { alike } from '../../state/alike.ts';
import { fitsFilter, isOpen, isSnoozed, isWithParent, type InboxFilter } from '../../state/triggers.ts';
import { inboxOf } from '../../state/world.ts';
import { Choice } from '../../ui/choice.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { DESKTOP, useMedia } from '../../ui/use-media.ts';
import { useNow } from '../use-now.ts';
import { Page } from '../page.tsx';
import { useRelay, useWorld } from '../relay-context.ts';
import { useKeys } from '../use-keys.ts';
import { InboxList } from './inbox-list.tsx';
import { TriggerCard } from './trigger-card.tsx';
import { part } from '../lazy-part.ts';

const LastEvents = part(
  () => import('./last-events.tsx'),
  (it) => it.LastEvents,
);

const FILTERS: readonly { readonly id: InboxFilter; readonly text: string }[] = [
  { id: 'all', text: 'All' },
  { id: 'questions', text: 'Questions' },
  { id: 'plans', text: 'Plans' },
  { id: 'permissions', text: 'Permissions' },
  { id: 'errors', text: 'Errors' },
  { id: 'results', text: 'Results' },
  { id: 'snoozed', text: 'Put off' },
];

interface InboxProps {
  /** The one that the address names. */
  readonly selected: TriggerId | undefined;
  readonly go: (path: string) => void;
}

export function Inbox({ selected, go }: InboxProps) {
  const relay = useRelay();
  const world = useWorld((it) => it);
  const now = useNow(1_000);
  const desktop = useMedia(DESKTOP);
  const [filter, setFilter] = useState<InboxFilter>('all');
  const named = selected === undefined ? undefined : world.triggers.get(selected);
  const all = inboxOf(world, now);
  const listed = all.filter((trigger) => fitsFilter(trigger, filter));
  // What somebody is about to answer is not exchanged under their finger when something more urgent comes.
  const [held, hold] = useState<TriggerId>();
  const current = named ?? listed.find(({ id }) => id === held) ?? listed[0];
  if (current !== undefined && current.id !== held) hold(current.id);

  useEffect(() => {
    if (selected === undefined || named !== undefined || !world.loaded) return;
    // A link to one that is over: it is not in the overview. Should it not exist, the inbox stays as it is.
    relay.loadTrigger(selected).catch(() => undefined);
  }, [relay, selected, named, world.loaded]);

  // Among others in one column, the one that is meant comes into sight: a notification or a link leads to it, not to the first.
  const meant = desktop ? undefined : named?.id;
  useEffect(() => {
    const card = meant === undefined ? null : document.querySelector<HTMLElement>(`#card-${meant}`);
    card?.scrollIntoView({ block: 'start' });
    card?.focus({ preventScroll: true });
  }, [meant]);

  const move = (step: number) => {
    const at = listed.findIndex(({ id }) => id === current?.id);
    const next = listed[Math.min(listed.length - 1, Math.max(0, at + step))];
    if (next === undefined) return;
    go(paths.trigger(next.id));
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => {
      if (current !== undefined) go(paths.session(current.sessionId));
    },
  });

  if (!world.loaded)
    return (
      <Page title="Inbox" narrow>
        <Skeleton rows={3} height={12} />
      </Page>
    );
  const needing = all.filter((trigger) => isOpen(trigger) && !isWithParent(trigger) && !isSnoozed(trigger)).length;
  return (
    <Page
      title="Inbox"
      narrow={!desktop}
      actions={
        <p className="text-muted">
          {needing === 0 ? 'Nothing needs you' : `${needing} need${needing === 1 ? 's' : ''} you`}
        </p>
      }
    >
      {(all.length > 1 || filter !== 'all' || all.some(isSnoozed)) && (
        <div className="mb-4">
          <Choice label="Show" quiet options={filtersOf(all, filter)} value={filter} onChange={setFilter} />
        </div>
      )}
      {listed.length === 0 && named === undefined ? (
        <Empty title={filter === 'all' ? 'Nothing needs you' : 'Nothing of this kind'} command="treeline inbox ls">
          {working(world.sessions.values())}
        </Empty>
      ) : desktop ? (
        <div className="grid grid-cols-[20rem_minmax(0,1fr)] items-start gap-6">
          <InboxList triggers={listed} selected={current?.id} />
          {current !== undefined && (
            <div key={current.id} className="flex min-w-0 flex-col gap-6">
              <TriggerCard trigger={current} alike={alike(current, listed)} current />
              <Suspense fallback={null}>
                <LastEvents sessionId={current.sessionId} />
              </Suspense>
            </div>
          )}
        </div>
      ) : (
        <ul className="flex flex-col gap-4">
          {withNamed(listed, named).map((trigger) => (
            <li key={trigger.id}>
              <TriggerCard
                trigger={trigger}
                alike={alike(trigger, listed)}
                current={trigger.id === current?.id && selected !== undefined}
                among
              />
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}

/** Kinds that there are, so that no chip leads nowhere. */
function filtersOf(all: readonly TriggerView[], chosen: InboxFilter) {
  return FILTERS.filter(({ id }) => id === 'all' || id === chosen || all.some((trigger) => fitsFilter(trigger, id)));
}

/** The one that the address names comes first when it is no longer in the list. */
function withNamed(listed: readonly TriggerView[], named: TriggerView | undefined): readonly TriggerView[] {
  return named === undefined || listed.some(({ id }) => id === named.id) ? listed : [named, ...listed];
}

function working(sessions: Iterable<{ status: string }>): string {
  const count = [...sessions].filter(({ status }) => status === 'working' || status === 'starting').length;
  if (count === 0) return 'No agent is at work right now.';
  return count === 1 ? 'One agent is at work.' : `${count} agents are at work.`;
}
