/** Triggers, as people see and answer them. */
import type { TriggerId, TriggerView } from '@treeline/shared';
import { TreelineError } from '@treeline/shared';
import { YES } from '../domain/indexes.ts';
import { respond, snoozeTrigger, takeToPeople } from '../domain/people.ts';
import { actorOf, type Principal } from '../domain/principal.ts';
import type { TriggerRecord } from '../domain/records.ts';
import type { Context } from './context.ts';
import { once } from './requests.ts';
import type { TriggerService } from './services.ts';

const OPEN_MAX = 500;

export class Triggers implements TriggerService {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async list(by: Principal, query: Parameters<TriggerService['list']>[1]) {
    const { store, views } = this.#context;
    const page = { ns: by.ns, kind: 'trigger', ...listIndex(query), limit: query.limit } as const;
    const found = await store.list<TriggerRecord>({
      ...page,
      ...(query.after === undefined ? {} : { after: query.after }),
    });
    const shown = await views.triggers(
      by.ns,
      found.map(({ value }) => value),
    );
    const kept = shown.filter(({ sessionId, rootId }) => fits(query.session, sessionId) && fits(query.root, rootId));
    const last = found.at(-1);
    return { triggers: kept, ...(found.length < query.limit || last === undefined ? {} : { next: last.id }) };
  }

  async get(by: Principal, id: TriggerId): Promise<TriggerView> {
    const view = await this.#context.views.trigger(by.ns, id);
    if (view === undefined) throw new TreelineError('not_found', `There is no trigger ${id}`);
    return view;
  }

  async respond(by: Principal, id: TriggerId, body: Parameters<TriggerService['respond']>[2]): Promise<TriggerView> {
    const { key, response, action } = body;
    await this.#context.transact.run({ ns: by.ns, call: by.call, preload: [{ kind: 'trigger', id }] }, (draft) =>
      once(draft, { scope: `respond:${id}`, key, body: { response, action } }, () => {
        respond(draft, id, { by: actorOf(by), response, action });
        return id;
      }),
    );
    return this.get(by, id);
  }

  async escalate(by: Principal, id: TriggerId, body: Parameters<TriggerService['escalate']>[2]): Promise<TriggerView> {
    const { key, context } = body;
    await this.#context.transact.run({ ns: by.ns, call: by.call, preload: [{ kind: 'trigger', id }] }, (draft) =>
      once(draft, { scope: `escalate:${id}`, key, body: { context } }, () => {
        takeToPeople(draft, id, { by: actorOf(by), context });
        return id;
      }),
    );
    return this.get(by, id);
  }

  async snooze(by: Principal, id: TriggerId, { until }: Parameters<TriggerService['snooze']>[2]): Promise<TriggerView> {
    await this.#context.transact.run({ ns: by.ns, call: by.call, preload: [{ kind: 'trigger', id }] }, (draft) =>
      snoozeTrigger(draft, id, until),
    );
    return this.get(by, id);
  }

  async open(by: Principal): Promise<TriggerView[]> {
    const page = { ns: by.ns, kind: 'trigger', index: 'open', value: YES, limit: OPEN_MAX } as const;
    const found = await this.#context.store.list<TriggerRecord>(page);
    return this.#context.views.triggers(
      by.ns,
      found.map(({ value }) => value),
    );
  }
}

type ListQuery = Parameters<TriggerService['list']>[1];

function listIndex(query: ListQuery): { index?: string; value?: string } {
  if (query.state === 'escalated') return { index: 'escalated', value: YES };
  if (query.state !== 'all') return { index: 'open', value: query.state === 'open' ? YES : 'no' };
  if (query.session !== undefined) return { index: 'session', value: query.session };
  return query.root === undefined ? {} : { index: 'root', value: query.root };
}

function fits<T>(wanted: T | undefined, actual: T): boolean {
  return wanted === undefined || wanted === actual;
}
