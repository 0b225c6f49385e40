/**
 * What follows when the store may have lost writes that it had acknowledged: Redis was started again, or this relay was,
 * perhaps on a backup. What runners have is said again by them; until then nobody is sent away for what is missing.
 */
import type { InboxItem, Payload, RunnerToRelay, SessionId } from '@treeline/shared';
import { giveAgain } from '../domain/inbox.ts';
import type { SessionRecord } from '../domain/records.ts';
import type { Context } from './context.ts';
import type { Link } from './services.ts';

type Spool = Payload<(typeof RunnerToRelay)['hello']>['sessions'][number];

/** For so long a session that is not there may yet be made again, by the log of its parent. */
const REFILL_MS = 15_000;
/** For so long inboxes are compared at hello. */
const DOUBT_MS = 60_000;
/** Of an inbox, looked at behind the items that the runner names. */
const LOOK_AHEAD = 200;

export class LostWrites {
  readonly #context: Context;
  #doubtUntil: number;
  #refillUntil = 0;

  /** At the start of a relay nobody knows what its store has been through. */
  constructor(context: Context) {
    this.#context = context;
    this.#doubtUntil = context.clock.now() + DOUBT_MS;
  }

  /** The store was started again. */
  noted(): void {
    const now = this.#context.clock.now();
    this.#doubtUntil = now + DOUBT_MS;
    this.#refillUntil = now + REFILL_MS;
  }

  /** It is not there, and may yet be made again. */
  async mayComeBack(ns: string, id: SessionId): Promise<boolean> {
    if (this.#context.clock.now() >= this.#refillUntil) return false;
    return (await this.#context.store.get(ns, { kind: 'session', id })) === undefined;
  }

  /** INB-1: compares an inbox with what its runner has, and gives again what the runner will not take where it is. */
  async mendInbox({ ns, runnerId }: Pick<Link, 'ns' | 'runnerId'>, spool: Spool): Promise<void> {
    const { inboxPosition: to, inboxTail: tail = [] } = spool;
    const [oldest] = tail;
    if (oldest === undefined || this.#context.clock.now() >= this.#doubtUntil) return;
    const items = await this.#unseen(ns, spool.id, { tail, from: oldest.position, to });
    const stored = await this.#context.store.get<SessionRecord>(ns, { kind: 'session', id: spool.id });
    if (stored === undefined || (items.length === 0 && to <= stored.value.inbox.last)) return;
    await this.#context.transact.run({ ns }, (draft) => {
      const session = draft.get('session', spool.id);
      if (session?.runnerId === runnerId) giveAgain(draft, session, { to, items });
    });
  }

  async #unseen(
    ns: string,
    session: SessionId,
    { tail, from, to }: { tail: NonNullable<Spool['inboxTail']>; from: number; to: number },
  ): Promise<InboxItem[]> {
    const there = await this.#context.store.readInbox(ns, session, from - 1, tail.length + LOOK_AHEAD);
    const known = new Set<string>(tail.map(({ id }) => id));
    // Given again before, and not yet with the runner.
    for (const { position, item } of there) if (position > to) known.add(item.id);
    return there.filter(({ position, item }) => position <= to && !known.has(item.id)).map(({ item }) => item);
  }
}
