/** Inboxes on their way to runners. */
import type { InboxEntry, SessionId } from '@treeline/shared';
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
    await this.#owners.mustFind(link, session);
    const entries = await this.#context.store.readInbox(link.ns, session, after, LIMITS.inboxItemsPerPush);
    if (entries.length === 0 && after > 0) await this.#skipLost(link, session, after);
    return entries;
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
    const { transact } = this.#context;
    const said = entries.map(({ item }) => item).filter((item) => item.kind === 'trigger' || item.kind === 'answer');
    const news = said.filter(({ kind, triggerId }) =>
      isNews(kind, transact.remembered(link.ns, 'trigger', triggerId)?.state),
    );
    if (news.length === 0) return;
    const { rootId } = await this.#owners.mustFind(link, session);
    const preload = news.map(({ triggerId }) => ({ kind: 'trigger', id: triggerId }) as const);
    await transact.run({ ns: link.ns, preload, group: rootId }, (draft) => {
      for (const { kind, triggerId } of news) {
        if (kind === 'trigger') markDelivered(draft, triggerId, session);
        else markOnRunner(draft, triggerId, session);
      }
    });
  }
}

/** Whether a trigger in this state, as far as it is known, does not say already that the item was delivered. */
function isNews(kind: 'trigger' | 'answer', state: TriggerRecord['state'] | undefined): boolean {
  if (state === undefined) return true;
  if (kind === 'trigger') return state.state === 'created';
  return state.state === 'answered' && state.onRunnerAt === undefined;
}
