/** Inboxes on their way to runners. */
import type { InboxEntry, SessionId } from '@treeline/shared';
import { LIMITS } from '@treeline/shared';
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
    return this.#context.store.readInbox(link.ns, session, after, LIMITS.inboxItemsPerPush);
  }

  async delivered(link: Link, session: SessionId, entries: readonly InboxEntry[]): Promise<void> {
    const items = entries.map(({ item }) => item).filter((item) => item.kind === 'trigger' || item.kind === 'answer');
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
