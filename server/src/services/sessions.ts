/** Sessions, as people and HTTP callers see and steer them. */
import type { SessionId, SessionTree, SessionView, StartSession } from '@treeline/shared';
import { isLive, newId, TreelineError } from '@treeline/shared';
import { YES } from '../domain/indexes.ts';
import { deleteSession, describeSession, sendPrompt, stopSession } from '../domain/people.ts';
import { actorOf, type Principal } from '../domain/principal.ts';
import type { SessionRecord } from '../domain/records.ts';
import { spawnSession } from '../domain/spawn.ts';
import type { Stored } from '../ports/store.ts';
import type { Context } from './context.ts';
import { groupBy } from './group-by.ts';
import { readLog, snapshotOf } from './log-reading.ts';
import { mustReach } from './reach.ts';
import { once } from './requests.ts';
import type { SessionService } from './services.ts';

const TREE_MAX = 1000;
const LIVE_MAX = 500;

export class Sessions implements SessionService {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async create(by: Principal, input: StartSession): Promise<{ session: SessionView; created: boolean }> {
    const { key, parentId, ...spec } = input;
    const fresh = newId('session');
    const { value: id, first } = await this.#context.transact.run(
      { ns: by.ns, call: by.call, creates: [{ kind: 'session', id: fresh }] },
      (draft) =>
        once(draft, { scope: 'session', key, body: input }, () => {
          const request = { id: fresh, spec, parentId, by: actorOf(by) };
          return spawnSession(draft, request, this.#context.config.rules.tree).id;
        }),
    );
    return { session: await this.get(by, id), created: first };
  }

  async list(by: Principal, query: Parameters<SessionService['list']>[1]) {
    const { store, views } = this.#context;
    const index = listIndex(query);
    // A second condition is checked on the records; a page may then be shorter than asked for.
    const page = { ns: by.ns, kind: 'session', ...index, limit: query.limit, order: 'desc' } as const;
    const found = await store.list<SessionRecord>({
      ...page,
      ...(query.after === undefined ? {} : { after: query.after }),
    });
    const kept = found.map(({ value }) => value).filter((session) => matches(session, query));
    const last = found.at(-1);
    return {
      sessions: await views.sessions(by.ns, kept),
      ...(found.length < query.limit || last === undefined ? {} : { next: last.id }),
    };
  }

  async get(by: Principal, id: SessionId): Promise<SessionView> {
    await mustReach(this.#context.store, by, id);
    const view = await this.#context.views.session(by.ns, id);
    if (view === undefined) throw unknown(id);
    return view;
  }

  async tree(by: Principal, id: SessionId): Promise<SessionTree> {
    const { views, store } = this.#context;
    await mustReach(store, by, id);
    const top = await this.#load(by.ns, id);
    const members = await store.list<SessionRecord>({
      ns: by.ns,
      kind: 'session',
      index: 'root',
      value: top.rootId,
      limit: TREE_MAX,
    });
    const shown = await views.sessions(
      by.ns,
      members.map(({ value }) => value),
    );
    const below = by.kind !== 'share' || by.tree;
    const children = groupBy(shown, ({ parentId }) => parentId);
    const build = (session: SessionView): SessionTree => ({
      session,
      children: below ? (children.get(session.id) ?? []).map(build) : [],
    });
    const root = shown.find((session) => session.id === id);
    if (root === undefined) throw unknown(id);
    return build(root);
  }

  async readLog(by: Principal, id: SessionId, query: Parameters<SessionService['readLog']>[2]) {
    const { store } = this.#context;
    await mustReach(store, by, id);
    await this.#load(by.ns, id);
    return readLog(store, { ns: by.ns, session: id }, query);
  }

  async send(by: Principal, id: SessionId, body: Parameters<SessionService['send']>[2]) {
    const { key, ...message } = body;
    const { value } = await this.#context.transact.run(
      { ns: by.ns, call: by.call, preload: [{ kind: 'session', id }] },
      (draft) =>
        once(draft, { scope: `send:${id}`, key, body: message }, () =>
          sendPrompt(draft, id, { ...message, from: actorOf(by) }, this.#context.config.rules.tree),
        ),
    );
    return value;
  }

  async stop(by: Principal, id: SessionId, body: Parameters<SessionService['stop']>[2]) {
    const { transact, config } = this.#context;
    const triggerIds = idsPer('trigger');
    const stopping = await transact.run({ ns: by.ns, call: by.call }, (draft) =>
      stopSession(draft, id, { ...body, from: actorOf(by), triggerId: triggerIds, times: config.rules.times }),
    );
    return { stopping };
  }

  async describe(by: Principal, id: SessionId, body: Parameters<SessionService['describe']>[2]): Promise<SessionView> {
    await this.#context.transact.run({ ns: by.ns, call: by.call, preload: [{ kind: 'session', id }] }, (draft) =>
      describeSession(draft, id, body),
    );
    return this.get(by, id);
  }

  async remove(by: Principal, id: SessionId): Promise<void> {
    await this.#context.transact.run({ ns: by.ns, call: by.call }, (draft) => deleteSession(draft, id));
  }

  async live(by: Principal): Promise<SessionView[]> {
    const page = { ns: by.ns, kind: 'session', index: 'live', value: YES, limit: LIVE_MAX, order: 'desc' } as const;
    const found = await this.#context.store.list<SessionRecord>(page);
    return this.#context.views.sessions(
      by.ns,
      found.map(({ value }) => value),
    );
  }

  async snapshot(
    by: Principal,
    query: Parameters<SessionService['snapshot']>[1],
  ): ReturnType<SessionService['snapshot']> {
    const session = await this.get(by, query.session);
    return { session, ...(await snapshotOf(this.#context.store, by.ns, query)) };
  }

  async #load(ns: string, id: SessionId): Promise<SessionRecord> {
    const stored: Stored<SessionRecord> | undefined = await this.#context.store.get<SessionRecord>(ns, {
      kind: 'session',
      id,
    });
    if (stored === undefined) throw unknown(id);
    return stored.value;
  }
}

function unknown(id: string): TreelineError {
  return new TreelineError('not_found', `There is no session ${id}`);
}

type ListQuery = Parameters<SessionService['list']>[1];

/** The narrowest index that fits; the rest is filtered. */
function listIndex(query: ListQuery): { index?: string; value?: string } {
  if (query.parent !== undefined) return { index: 'parent', value: query.parent };
  if (query.root !== undefined) return { index: 'root', value: query.root };
  if (query.runner !== undefined)
    return { index: query.state === 'live' ? 'liveOnRunner' : 'runner', value: query.runner };
  if (query.state !== 'all') return { index: 'live', value: query.state === 'live' ? YES : 'no' };
  return {};
}

function matches(session: SessionRecord, query: ListQuery): boolean {
  if (query.state !== 'all' && isLive(session) !== (query.state === 'live')) return false;
  if (query.parent !== undefined && session.parentId !== query.parent) return false;
  if (query.root !== undefined && session.rootId !== query.root) return false;
  if (query.runner !== undefined && session.runnerId !== query.runner) return false;
  return query.search === undefined || isFoundBy(session, query.search);
}

function isFoundBy({ title, id, agent, model, cwd, labels }: SessionRecord, search: string): boolean {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const text = [title, id, agent, model ?? '', cwd ?? '', ...pairs].join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** A decision may run several times: it must get the same id for the same session each time. */
export function idsPer(kind: 'trigger') {
  const ids = new Map<string, ReturnType<typeof newId<'trigger'>>>();
  return (of: string) => {
    const known = ids.get(of);
    if (known !== undefined) return known;
    const fresh = newId(kind);
    ids.set(of, fresh);
    return fresh;
  };
}
