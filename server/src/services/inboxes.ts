/** Inboxes on their way to runners. */
import type { InboxEntry, SessionId } from '@treeline/shared';
import { LIMITS, TreelineError } from '@treeline/shared';
import type { SessionRecord } from '../domain/records.ts';
import { markDelivered, markOnRunner } from '../domain/triggers.ts';
import type { Context } from './context.ts';
import type { InboxService, Link } from './services.ts';

export class Inboxes implements InboxService {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async read(link: Link, session: SessionId, after: number): Promise<InboxEntry[]> {
    const { store } = this.#context;
    const record = await store.get<SessionRecord>(link.ns, { kind: 'session', id: session });
    if (record?.value.runnerId !== link.runnerId)
      throw new TreelineError('not_yours', `Session ${session} is not on this runner`);
    return store.readInbox(link.ns, session, after, LIMITS.inboxItemsPerPush);
  }

  async delivered(link: Link, session: SessionId, entries: readonly InboxEntry[]): Promise<void> {
    const items = entries.map(({ item }) => item).filter(({ kind }) => kind === 'trigger' || kind === 'answer');
    if (items.length === 0) return;
    await this.#context.transact.run({ ns: link.ns }, (draft) => {
      for (const item of items) {
        if (item.kind === 'trigger') markDelivered(draft, item.triggerId, session);
        else if (item.kind === 'answer') markOnRunner(draft, item.triggerId, session);
      }
    });
  }
}
