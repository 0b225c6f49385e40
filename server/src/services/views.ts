/** Builds views, loading what they need beside the record in as few round trips as there are kinds. */
import type { RunnerId, RunnerView, SessionId, SessionView, TriggerId, TriggerView } from '@treeline/shared';
import type { RunnerRecord, SessionRecord, TriggerRecord } from '../domain/records.ts';
import { runnerView, sessionView, triggerView } from '../domain/views.ts';
import type { Kind, Store } from '../ports/store.ts';
import type { ViewService } from './services.ts';

const MAX_ANCESTORS = 16;

export class Views implements ViewService {
  readonly #store: Store;
  readonly #publicUrl: () => string;

  constructor({ store, publicUrl }: { store: Store; publicUrl: () => string }) {
    this.#store = store;
    this.#publicUrl = publicUrl;
  }

  async session(ns: string, id: SessionId): Promise<SessionView | undefined> {
    const stored = await this.#store.get<SessionRecord>(ns, { kind: 'session', id });
    return stored === undefined ? undefined : (await this.sessions(ns, [stored.value]))[0];
  }

  async sessions(ns: string, records: readonly SessionRecord[]): Promise<SessionView[]> {
    const asking = records.filter(({ open, parentId }) => open.length > 0 && parentId !== null);
    const parents = await this.#load<SessionRecord>(
      ns,
      'session',
      asking.map(({ parentId }) => parentId),
    );
    const runners = await this.#load<RunnerRecord>(
      ns,
      'runner',
      [...records, ...parents.values()].map(({ runnerId }) => runnerId),
    );
    return records.map((record) => {
      const parent = record.parentId === null ? undefined : parents.get(record.parentId);
      return sessionView(record, {
        runner: runners.get(record.runnerId),
        parentRunner: parent === undefined ? undefined : runners.get(parent.runnerId),
        publicUrl: this.#publicUrl(),
      });
    });
  }

  async trigger(ns: string, id: TriggerId): Promise<TriggerView | undefined> {
    const stored = await this.#store.get<TriggerRecord>(ns, { kind: 'trigger', id });
    return stored === undefined ? undefined : (await this.triggers(ns, [stored.value]))[0];
  }

  async triggers(ns: string, records: readonly TriggerRecord[]): Promise<TriggerView[]> {
    const sessions = new Map<string, SessionRecord>();
    let wanted: (string | null)[] = records.map(({ sessionId }) => sessionId);
    for (let level = 0; wanted.length > 0 && level < MAX_ANCESTORS; level++) {
      const found = await this.#load<SessionRecord>(
        ns,
        'session',
        wanted.filter((id) => id !== null && !sessions.has(id)),
      );
      for (const [id, session] of found) sessions.set(id, session);
      wanted = [...found.values()].map(({ parentId }) => parentId).filter((id) => id !== null && !sessions.has(id));
    }
    const runners = await this.#load<RunnerRecord>(
      ns,
      'runner',
      records.map(({ sessionId }) => sessions.get(sessionId)?.runnerId ?? null),
    );
    return records.map((record) => {
      const ancestors = pathTo(sessions, record.sessionId);
      const runnerId = sessions.get(record.sessionId)?.runnerId;
      return triggerView(record, { ancestors, runner: runnerId === undefined ? undefined : runners.get(runnerId) });
    });
  }

  async runner(ns: string, id: RunnerId): Promise<RunnerView | undefined> {
    const stored = await this.#store.get<RunnerRecord>(ns, { kind: 'runner', id });
    return stored === undefined ? undefined : this.#runner(ns, stored.value);
  }

  async runners(ns: string, records: readonly RunnerRecord[]): Promise<RunnerView[]> {
    return Promise.all(records.map((record) => this.#runner(ns, record)));
  }

  async #runner(ns: string, record: RunnerRecord): Promise<RunnerView> {
    return runnerView(record, await this.#store.count(ns, 'session', 'liveOnRunner', record.id));
  }

  async #load<T>(ns: string, kind: Kind, ids: readonly (string | null)[]): Promise<Map<string, T>> {
    const unique = [...new Set(ids.filter((id) => id !== null))];
    if (unique.length === 0) return new Map();
    const found = await this.#store.getMany<T>(ns, kind, unique);
    return new Map(found.flatMap((stored) => (stored === undefined ? [] : [[stored.id, stored.value] as const])));
  }
}

function pathTo(sessions: ReadonlyMap<string, SessionRecord>, id: SessionId): SessionRecord[] {
  const path: SessionRecord[] = [];
  for (let at = sessions.get(id); at !== undefined && path.length < MAX_ANCESTORS;) {
    path.unshift(at);
    at = at.parentId === null ? undefined : sessions.get(at.parentId);
  }
  return path;
}
