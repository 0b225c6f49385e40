/** What the page knows of the relay. Pure: each change gives a new world. */
import type { Api, EndpointResponse, RunnerView, SessionView, TriggerView } from '@treeline/shared';
import { belongsInInbox, compareTriggers, isOpen, isSnoozed, lingers, needsPeople } from './triggers.ts';

/** Who is signed in, and what they may do. */
export type Me = EndpointResponse<Api['whoAmI']>;

/** Connecting: not heard of the relay yet, or not since the page slept. Offline: what is shown is as old as `asOf`. */
export type Link = 'connecting' | 'online' | 'offline';
/** no_network: this machine has none. restarting: the relay said goodbye. silent: it does not answer. */
export type Away = 'no_network' | 'restarting' | 'silent';

export interface World {
  readonly access: 'unknown' | 'signed_in' | 'signed_out';
  readonly me: Me | undefined;
  readonly link: Link;
  /** Why it is offline. */
  readonly away: Away;
  /** When the relay was last heard, while it is not. */
  readonly asOf: number | undefined;
  /** The first overview is in. */
  readonly loaded: boolean;
  readonly sessions: ReadonlyMap<string, SessionView>;
  readonly triggers: ReadonlyMap<string, TriggerView>;
  readonly runners: ReadonlyMap<string, RunnerView>;
  /** Triggers that closed while this page showed them. */
  readonly closed: ReadonlyMap<string, { readonly at: number; readonly byMe: boolean }>;
}

export const NOTHING: World = {
  access: 'unknown',
  me: undefined,
  link: 'connecting',
  away: 'silent',
  asOf: undefined,
  loaded: false,
  sessions: new Map(),
  triggers: new Map(),
  runners: new Map(),
  closed: new Map(),
};

export interface Overview {
  readonly sessions: readonly SessionView[];
  readonly triggers: readonly TriggerView[];
  readonly runners: readonly RunnerView[];
}

/**
 * A fresh overview. Sessions that are over are kept from before. What was live or open here and is not there has changed
 * while nobody listened: it is named, so that it can be asked for.
 */
export function withOverview(world: World, overview: Overview): { world: World; missing: Missing } {
  const sessions = new Map(overview.sessions.map((session) => [session.id as string, session]));
  const triggers = new Map(overview.triggers.map((trigger) => [trigger.id as string, trigger]));
  const missing: Missing = { sessions: [], triggers: [] };
  for (const session of world.sessions.values()) {
    if (sessions.has(session.id)) continue;
    sessions.set(session.id, session);
    if (session.lifecycle.state !== 'ended') missing.sessions.push(session.id);
  }
  for (const trigger of world.triggers.values()) {
    if (triggers.has(trigger.id)) continue;
    triggers.set(trigger.id, trigger);
    if (isOpen(trigger)) missing.triggers.push(trigger.id);
  }
  const runners = new Map(overview.runners.map((runner) => [runner.id as string, runner]));
  return { world: { ...world, loaded: true, sessions, triggers, runners }, missing };
}

export interface Missing {
  readonly sessions: SessionView['id'][];
  readonly triggers: TriggerView['id'][];
}

export function withSessions(world: World, fresh: readonly SessionView[]): World {
  if (fresh.length === 0) return world;
  const sessions = new Map(world.sessions);
  for (const session of fresh) sessions.set(session.id, session);
  return { ...world, sessions };
}

export function withoutSession(world: World, id: string): World {
  const sessions = new Map(world.sessions);
  sessions.delete(id);
  return { ...world, sessions };
}

/** A trigger is new or has changed. `at`: now; `byMe`: by an answer of this page. */
export function withTrigger(world: World, trigger: TriggerView, { at, byMe }: { at: number; byMe: boolean }): World {
  const before = world.triggers.get(trigger.id);
  // A reply may come after the news that followed it.
  if (before !== undefined && progress(trigger) < progress(before)) return world;
  const triggers = new Map(world.triggers).set(trigger.id, trigger);
  if (isOpen(trigger)) return { ...world, triggers };
  const known = world.closed.get(trigger.id);
  const wasOpen = before !== undefined && isOpen(before);
  if (known === undefined && !wasOpen) return { ...world, triggers };
  const closed = new Map(world.closed).set(trigger.id, { at: known?.at ?? at, byMe: byMe || (known?.byMe ?? false) });
  return { ...world, triggers, closed };
}

/** How far a trigger has come; it never goes back. */
function progress({ state }: TriggerView): number {
  switch (state.state) {
    case 'created':
      return 0;
    case 'delivered':
      return 1;
    case 'escalated':
      return 2;
    case 'answered':
      return 3 + Number(state.onRunnerAt !== undefined) + Number(state.resumedAt !== undefined);
    case 'expired':
    case 'cancelled':
    case 'failed':
      return 3;
  }
}

/** Triggers of the past, for transcripts; what is known stays as it is. */
export function withKnownTriggers(world: World, found: readonly TriggerView[]): World {
  const triggers = new Map(world.triggers);
  for (const trigger of found) if (!triggers.has(trigger.id)) triggers.set(trigger.id, trigger);
  return { ...world, triggers };
}

export function withoutTrigger(world: World, id: string): World {
  return { ...world, triggers: new Map([...world.triggers].filter(([known]) => known !== id)) };
}

export function withoutRunner(world: World, id: string): World {
  return { ...world, runners: new Map([...world.runners].filter(([known]) => known !== id)) };
}

export function withRunner(world: World, runner: RunnerView): World {
  return { ...world, runners: new Map(world.runners).set(runner.id, runner) };
}

export function withLink(world: World, link: Link, { now, away = world.away }: { now: number; away?: Away }): World {
  if (link === world.link && away === world.away) return world;
  const asOf = link === 'online' ? undefined : world.link === 'online' ? now : world.asOf;
  return { ...world, link, away, asOf };
}

/** What is shown is from when the relay was heard last. */
export const isOld = ({ link, asOf }: World): boolean =>
  link === 'offline' || (link === 'connecting' && asOf !== undefined);

/** What the inbox shows: what is open, and what closed a moment ago. */
export function inboxOf(world: World, now: number): TriggerView[] {
  return [...world.triggers.values()]
    .filter((trigger) => {
      if (belongsInInbox(trigger)) return true;
      const closed = world.closed.get(trigger.id);
      return closed !== undefined && lingers(trigger, closed, now);
    })
    .toSorted(compareTriggers);
}

/** The number on the badge: what waits for people. */
export function waitingForPeople(world: World): number {
  let count = 0;
  for (const trigger of world.triggers.values())
    if (belongsInInbox(trigger) && needsPeople(trigger) && !isSnoozed(trigger)) count++;
  return count;
}
