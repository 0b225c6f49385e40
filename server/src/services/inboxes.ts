/** Inboxes on their way to runners. */
import type { InboxEntry, SessionId, TriggerId } from '@treeline/shared';
import { LIMITS } from '@treeline/shared';
import { skipLost } from '../domain/inbox.ts';
import type { SessionRecord, TriggerRecord } from '../domain/records.ts';
import { markDelivered, markOnRunner } from '../domain/triggers.ts';
import type { Context } from './context.ts';
import type { Ownership } from './ownership.ts';
import type { InboxService, Link } from './services.ts';

export class Inboxes implements InboxService {
  readonly #context: Context;
  readonly #owners: Ownership;

  constructor(context: Context, owners: Ownership) {
    this.#context = context;
    this.#owners = owners;
  }

  async read(link: Link, session: SessionId, after: number): Promise<InboxEntry[]> {
    await this.#owners.mustBeOn(link, session);
    const entries = await this.#context.store.readInbox(link.ns, session, after, LIMITS.inboxItemsPerPush);
    if (entries.length === 0 && after > 0) await this.#skipLost(link, session, after);
    return entries;
  }

  /** Those whose trigger does not say more already. */
  async #unmarked<T extends { kind: 'trigger' | 'answer'; triggerId: TriggerId }>(
    ns: string,
    items: readonly T[],
  ): Promise<T[]> {
    const ids = items.map(({ triggerId }) => triggerId);
    const found = await this.#context.store.getMany<TriggerRecord>(ns, 'trigger', ids);
    return items.filter((item, i) => {
      const state = found[i]?.value.state;
      if (item.kind === 'trigger') return state?.state === 'created';
      return state?.state === 'answered' && state.onRunnerAt === undefined;
    });
  }

  /** A runner that is ahead of the store has items that the store lost. */
  async #skipLost(link: Link, id: SessionId, to: number): Promise<void> {
    const { store, transact } = this.#context;
    const stored = await store.get<SessionRecord>(link.ns, { kind: 'session', id });
    if (stored === undefined || to <= stored.value.inbox.last) return;
    await transact.run({ ns: link.ns }, (draft) => {
      const session = draft.get('session', id);
      if (session?.runnerId === link.runnerId) skipLost(draft, session, to);
    });
  }

  async delivered(link: Link, session: SessionId, entries: readonly InboxEntry[]): Promise<void> {
    const all = entries.map(({ item }) => item).filter((item) => item.kind === 'trigger' || item.kind === 'answer');
    const items = await this.#unmarked(link.ns, all);
    if (items.length === 0) return;
    const preload = items.map((item) => ({ kind: 'trigger', id: item.triggerId }) as const);
    await this.#context.transact.run({ ns: link.ns, preload }, (draft) => {
      for (const item of items) {
        if (item.kind === 'trigger') markDelivered(draft, item.triggerId, session);
        else markOnRunner(draft, item.triggerId, session);
      }
    });
  }
}
