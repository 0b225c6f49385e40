/** What of the world is kept for when there is no relay: enough to read, never enough to act on. */
import type { RunnerView, SessionView, TriggerView } from '@treeline/shared';
import { belongsInInbox } from './triggers.ts';
import { NOTHING, type Me, type World } from './world.ts';

const SESSIONS = 50;

export interface SavedWorld {
  readonly me: Me | undefined;
  /** When the relay was last heard. */
  readonly asOf: number;
  readonly sessions: readonly SessionView[];
  readonly triggers: readonly TriggerView[];
  readonly runners: readonly RunnerView[];
}

/** The inbox whole, and 50 sessions: those of the inbox with their ancestors, then the live ones, then the newest. */
export function toSaved(world: World, now: number): SavedWorld {
  const triggers = [...world.triggers.values()].filter(belongsInInbox);
  const kept = new Set<string>();
  const keep = (id: string | undefined) => {
    if (id !== undefined && kept.size < SESSIONS && world.sessions.has(id)) kept.add(id);
  };
  for (const { sessionId, path } of triggers) for (const id of [sessionId, ...path.map((it) => it.id)]) keep(id);
  const newest = [...world.sessions.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1));
  for (const session of newest) if (session.lifecycle.state !== 'ended') keep(session.id);
  for (const session of newest) keep(session.id);
  return {
    me: world.me,
    asOf: now,
    sessions: newest.filter(({ id }) => kept.has(id)),
    triggers,
    runners: [...world.runners.values()],
  };
}

/** As it was then: shown with its time, and nothing can be answered until the relay has been heard. */
export function fromSaved({ me, asOf, sessions, triggers, runners }: SavedWorld): World {
  const byId = <T extends { readonly id: string }>(all: readonly T[]) => new Map(all.map((one) => [one.id, one]));
  return {
    ...NOTHING,
    access: 'signed_in',
    me,
    asOf,
    loaded: true,
    sessions: byId(sessions),
    triggers: byId(triggers),
    runners: byId(runners),
  };
}
