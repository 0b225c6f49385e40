/** The relay for what people do, and its feed for what is only looked at: a share link has a feed and no more. */
import type { Scope } from '@treeline/shared';
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Feed } from '../relay/feed.ts';
import type { Relay } from '../relay/relay.ts';
import type { World } from '../state/world.ts';

export const RelayContext = createContext<Relay | undefined>(undefined);
export const FeedContext = createContext<Feed | undefined>(undefined);

export function useRelay(): Relay {
  const relay = useContext(RelayContext);
  if (relay === undefined) throw new Error('There is no relay above this component');
  return relay;
}

export function useFeed(): Feed {
  const feed = useContext(FeedContext);
  if (feed === undefined) throw new Error('There is no feed above this component');
  return feed;
}

/** A part of the world; the component is drawn again when that part changes. */
export function useWorld<T>(select: (world: World) => T): T {
  return useStore(useFeed().world, select);
}

/** Whether to offer what needs this right. While it is not known who is here, the relay decides. */
export function useMay(scope: Scope): boolean {
  return useWorld(({ me }) => me === undefined || me.scopes.includes(scope));
}

/** Somebody looks through a share link: nothing leads outside of what it shows. */
export function useShared(): boolean {
  return useWorld(({ me }) => me?.kind === 'share');
}

/** Titles of sessions by id, for sentences about them. */
export function useTitleOf(): (id: string) => string | undefined {
  const sessions = useWorld((world) => world.sessions);
  return (id) => sessions.get(id)?.title;
}
