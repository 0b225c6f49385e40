import type { TriggerView } from '@treeline/shared';
import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { paths } from '../../paths.ts';
import { freshOnes, waitingIds } from '../../state/news.ts';
import { belongsInInbox, needsPeople } from '../../state/triggers.ts';
import { waitingForPeople } from '../../state/world.ts';
import { TRIGGER_WORDS } from '../../state/words.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { useRelay, useWorld } from '../relay-context.ts';

const MOST = 3;

/** What begins to need this person while they look at something else. It stays until it is over, opened or put away. */
export function Toasts() {
  const [shown, setShown] = useState<readonly string[]>([]);
  const triggers = useWorld((world) => world.triggers);
  const [location] = useLocation();
  const inInbox = location.startsWith(paths.inbox);
  useFresh((fresh) => {
    if (!inInbox) setShown((before) => [...before, ...fresh.map(({ id }) => id)].slice(-MOST));
  });
  useBadge();
  const open = inInbox
    ? []
    : shown.flatMap((id) => {
        const trigger = triggers.get(id);
        return trigger !== undefined && belongsInInbox(trigger) && needsPeople(trigger) ? [trigger] : [];
      });
  const putAway = (id: string) => setShown((before) => before.filter((other) => other !== id));
  return (
    <div
      role="status"
      aria-label="News"
      className="pointer-events-none fixed right-0 bottom-[calc(var(--bar)+0.75rem)] z-40 flex w-full flex-col gap-2 px-3 sm:max-w-96 lg:bottom-4"
    >
      {open.map((trigger) => (
        <div
          key={trigger.id}
          className="rising pointer-events-auto flex items-start gap-1 rounded-xl border border-attention-edge bg-surface p-2 pl-4 shadow-lg"
        >
          <Link
            href={paths.trigger(trigger.id)}
            className="min-h-11 min-w-0 flex-1 py-1"
            onClick={() => putAway(trigger.id)}
          >
            <span dir="auto" className="block truncate font-semibold">
              {trigger.path[0]?.title ?? trigger.title} needs you
            </span>
            <span className="line-clamp-2 text-[0.875rem] text-muted">
              {TRIGGER_WORDS[trigger.type].text} from {trigger.title}: {trigger.text}
            </span>
          </Link>
          <IconButton label="Put away" icon={<X aria-hidden="true" size={18} />} onClick={() => putAway(trigger.id)} />
        </div>
      ))}
    </div>
  );
}

/** Calls back with what begins to wait for people while the relay is heard. */
function useFresh(onFresh: (fresh: readonly TriggerView[]) => void): void {
  const relay = useRelay();
  const tell = useRef(onFresh);
  useEffect(() => {
    tell.current = onFresh;
  });
  useEffect(() => {
    let known = waitingIds(relay.world.getState());
    return relay.world.subscribe((world) => {
      const now = waitingIds(world);
      if (now === undefined) return;
      const fresh = known === undefined ? [] : freshOnes(world, known);
      known = now;
      if (fresh.length > 0) tell.current(fresh);
    });
  }, [relay]);
}

/** The number on the icon of the installed app. */
function useBadge(): void {
  const waiting = useWorld(waitingForPeople);
  useEffect(() => {
    if (!('setAppBadge' in navigator)) return;
    // Some browsers have it and allow it only for installed apps.
    (waiting > 0 ? navigator.setAppBadge(waiting) : navigator.clearAppBadge()).catch(() => undefined);
  }, [waiting]);
}
