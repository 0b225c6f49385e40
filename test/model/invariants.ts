/**
 * What holds at every moment, whatever was done before. Each returns what breaks it.
 */
import { isBlocking, isLive, isOpen, type SessionId } from '@treeline/shared';
import type { SessionRecord, TriggerRecord } from '@treeline/server/src/domain/records.ts';
import { LIMITS } from './steps.ts';
import type { Snapshot } from './world.ts';

type Invariant = (world: Read) => string[];

/** Names the invariants that do not hold, with whom they do not hold for. */
export function broken(snapshot: Snapshot): string[] {
  const world = new Read(snapshot);
  return Object.entries(INVARIANTS).flatMap(([rule, check]) => check(world).map((what) => `${rule}: ${what}`));
}

const INVARIANTS: Readonly<Record<string, Invariant>> = {
  'sessions are a forest: a parent is there, one level above, of the same tree, and of no later making': (world) =>
    world.sessions
      .filter(({ parentId, rootId, depth, id }) => {
        if (parentId === null) return rootId !== id || depth !== 0;
        const parent = world.session(parentId);
        return parent === undefined || parent.rootId !== rootId || parent.depth !== depth - 1;
      })
      .map(({ id }) => id),

  'counts agree with what is counted': (world) =>
    world.sessions.flatMap((session) => {
      const live = world.childrenOf(session.id).filter(isLive).length;
      const tree = world.sessions.filter(({ rootId }) => rootId === session.id).filter(isLive).length;
      return [
        ...(session.liveChildren === live
          ? []
          : [`${session.id} says ${session.liveChildren} live children, has ${live}`]),
        ...(session.parentId !== null || session.treeLive === tree
          ? []
          : [`${session.id} says ${session.treeLive} live in its tree, has ${tree}`]),
      ];
    }),

  'no tree is deeper, wider or larger than the limits': (world) =>
    world.sessions
      .filter(
        ({ depth, liveChildren, treeLive }) =>
          depth > LIMITS.maxDepth || liveChildren > LIMITS.maxLiveChildren || treeLive > LIMITS.maxLiveInTree,
      )
      .map(({ id, depth, liveChildren, treeLive }) => `${id} ${depth} ${liveChildren} ${treeLive}`),

  'inbox positions begin at 1, have no holes, and the record knows the last': (world) =>
    world.sessions
      .filter(({ id, inbox }) => {
        const positions = world.inbox(id).map(({ position }) => position);
        return positions.some((position, at) => position !== at + 1) || positions.length !== inbox.last;
      })
      .map(({ id }) => id),

  'a session lists exactly its open questions, and which of them people have': (world) =>
    world.sessions
      .filter(({ id, open }) => {
        const really = world.triggers.filter((it) => it.sessionId === id && isOpen(it) && isBlocking(it.type));
        const words = (list: readonly { id: string; escalated: boolean }[]) =>
          list
            .map((it) => `${it.id} ${it.escalated}`)
            .toSorted()
            .join();
        return words(open) !== words(really.map((it) => ({ id: it.id, escalated: it.state.state === 'escalated' })));
      })
      .map(({ id }) => id),

  'an open question belongs to a live session': (world) =>
    world
      .open()
      .filter((it) => isBlocking(it.type) && !world.isLive(it.sessionId))
      .map(nameOf),

  'an open trigger waits with people, or in the inbox of a live parent': (world) =>
    world
      .open()
      .filter(({ id, parentId, state }) => {
        if (state.state === 'escalated') return false;
        if (parentId === null || !world.isLive(parentId)) return true;
        return !world.inbox(parentId).some(({ item }) => item.kind === 'trigger' && item.triggerId === id);
      })
      .map(nameOf),

  'an open question has a time at which it goes to people or ends': (world) =>
    world
      .open()
      .filter(({ type }) => isBlocking(type))
      .filter(({ id, state, escalatesAt, expiresAt }) => {
        if (expiresAt === undefined || !world.hasTimer(`${id}/expire`)) return true;
        return state.state !== 'escalated' && (escalatesAt === undefined || !world.hasTimer(`${id}/escalate`));
      })
      .map(nameOf),

  'a question that was answered has one winner, whose answer is once in the inbox of who asked': (world) =>
    world.triggers
      .filter(({ type, state, sessionId, id }) => {
        const given = world.inbox(sessionId).filter(({ item }) => item.kind === 'answer' && item.triggerId === id);
        if (state.state !== 'answered' || !isBlocking(type)) return given.some(({ item }) => 'response' in item);
        const [only] = given;
        return given.length !== 1 || only?.position !== state.inboxPosition;
      })
      .map(nameOf),

  'a list holds exactly what its name says': (world) =>
    [...world.lists].flatMap(([name, ids]) => {
      const [kind = '', index = '', value = ''] = name.split('/');
      const wanted =
        kind === 'session'
          ? world.sessions.filter((session) => isListed(session, index, value))
          : world.triggers.filter((trigger) => isTriggerListed(trigger, index, value));
      return ids.join() ===
        wanted
          .map(({ id }) => id)
          .toSorted()
          .join()
        ? []
        : [name];
    }),

  'nothing is told twice': (world) =>
    world.sessions.flatMap(({ id }) => {
      const made = world.inbox(id).map(({ item }) => item.id);
      return new Set(made).size === made.length ? [] : [id];
    }),
};

function isListed(session: SessionRecord, index: string, value: string): boolean {
  if (index === 'live') return isLive(session) === (value === 'yes');
  if (index === 'parent') return session.parentId === value;
  if (index === 'root') return session.rootId === value;
  return index === 'liveOnRunner' && isLive(session) && session.runnerId === value;
}

function isTriggerListed(trigger: TriggerRecord, index: string, value: string): boolean {
  if (index === 'open') return isOpen(trigger) === (value === 'yes');
  if (index === 'escalated') return trigger.state.state === 'escalated';
  if (index === 'session') return trigger.sessionId === value;
  return index === 'openTo' && isOpen(trigger) && trigger.parentId === value;
}

class Read {
  readonly sessions: readonly SessionRecord[];
  readonly triggers: readonly TriggerRecord[];
  readonly #snapshot: Snapshot;
  readonly #byId: ReadonlyMap<SessionId, SessionRecord>;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.sessions = snapshot.sessions;
    this.triggers = snapshot.triggers;
    this.#byId = new Map(snapshot.sessions.map((session) => [session.id, session]));
  }

  session(id: SessionId) {
    return this.#byId.get(id);
  }

  childrenOf(id: SessionId) {
    return this.sessions.filter(({ parentId }) => parentId === id);
  }

  isLive(id: SessionId): boolean {
    const session = this.session(id);
    return session !== undefined && isLive(session);
  }

  inbox(id: SessionId) {
    return this.#snapshot.inbox.get(id) ?? [];
  }

  open() {
    return this.triggers.filter(isOpen);
  }

  get lists() {
    return this.#snapshot.lists ?? new Map<string, readonly string[]>();
  }

  /** True where timers cannot be listed. */
  hasTimer(name: string): boolean {
    return this.#snapshot.timers?.has(name) ?? true;
  }
}

const nameOf = ({ id, type, state }: TriggerRecord) => `${type} ${id} (${state.state})`;
