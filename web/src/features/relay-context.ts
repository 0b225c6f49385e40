/** The relay, for every feature below the root. */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Relay } from '../relay/relay.ts';
import type { World } from '../state/world.ts';

export const RelayContext = createContext<Relay | undefined>(undefined);

export function useRelay(): Relay {
  const relay = useContext(RelayContext);
  if (relay === undefined) throw new Error('There is no relay above this component');
  return relay;
}

/** A part of the world; the component is drawn again when that part changes. */
export function useWorld<T>(select: (world: World) => T): T {
  return useStore(useRelay().world, select);
}

/** Titles of sessions by id, for sentences about them. */
export function useTitleOf(): (id: string) => string | undefined {
  const sessions = useWorld((world) => world.sessions);
  return (id) => sessions.get(id)?.title;
}
