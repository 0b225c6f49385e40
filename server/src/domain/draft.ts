/** What a decision wants to be true: built up rule by rule over a World, committed as one unit, and only then told. */
import {
  type InboxItem,
  isLive,
  type MessageId,
  type RunnerId,
  type SessionId,
  type TriggerId,
} from '@treeline/shared';
import type { ListedKind, RecordId, RecordKind, RecordTypes, SessionRecord } from './records.ts';
import { indexesOf } from './indexes.ts';
import { ALL, type World } from './world.ts';

/** What a pure decision cannot make itself. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly now: number;
  messageId(): MessageId;
}

export interface TimerRef {
  readonly kind: RecordKind;
  readonly id: string;
  readonly name: 'escalate' | 'expire' | 'presence' | 'copy' | 'retire' | 'snooze' | 'notify' | 'send';
}

/** What to tell after the commit. */
export type Message =
  | { readonly type: 'assigned' | 'inbox'; readonly runnerId: RunnerId; readonly session: SessionId }
  | { readonly type: 'session'; readonly id: SessionId }
  | { readonly type: 'trigger'; readonly id: TriggerId; readonly over: boolean }
  | { readonly type: 'runner'; readonly id: RunnerId };

export interface Changes {
  readonly puts: readonly {
    [K in RecordKind]: { readonly kind: K; readonly id: string; readonly value: RecordTypes[K] };
  }[RecordKind][];
  readonly removes: readonly { readonly kind: RecordKind; readonly id: string }[];
  readonly inbox: readonly { readonly session: SessionId; readonly item: InboxItem }[];
  readonly raiseInbox: readonly { readonly session: SessionId; readonly to: number }[];
  readonly setTimers: readonly (TimerRef & { readonly at: number })[];
  readonly clearTimers: readonly TimerRef[];
  readonly dropSessions: readonly SessionId[];
  readonly messages: readonly Message[];
}

/** An inbox item before it has an id and a time. */
export type NewItem = InboxItem extends infer I
  ? I extends InboxItem
    ? Omit<I, 'id' | 'at'> & { id?: MessageId }
    : never
  : never;

export class Draft implements World {
  readonly now: number;
  readonly #world: World;
  readonly #moment: Moment;
  readonly #puts = new Map<string, Changes['puts'][number]>();
  readonly #removes = new Map<string, Changes['removes'][number]>();
  readonly #inbox: { session: SessionId; item: InboxItem }[] = [];
  readonly #timers = new Map<string, { readonly ref: TimerRef; readonly at: number | undefined }>();
  readonly #raised: { session: SessionId; to: number }[] = [];
  readonly #drops: SessionId[] = [];
  readonly #messages = new Map<string, Message>();

  constructor(world: World, moment: Moment) {
    this.#world = world;
    this.#moment = moment;
    this.now = moment.now;
  }

  get<K extends RecordKind>(kind: K, id: RecordId[K]): RecordTypes[K] | undefined {
    const key = `${kind}/${id}`;
    const put = this.#puts.get(key);
    if (put !== undefined) return put.value as RecordTypes[K];
    return this.#removes.has(key) ? undefined : this.#world.get(kind, id);
  }

  /** With what this decision has written so far. */
  list<K extends ListedKind>(kind: K, index: string, value: string): readonly RecordId[K][] {
    const found = new Set(this.#world.list(kind, index, value));
    for (const removed of this.#removes.values()) if (removed.kind === kind) found.delete(removed.id as RecordId[K]);
    for (const put of this.#puts.values()) {
      if (put.kind !== kind) continue;
      if (index === ALL || [indexesOf(put.kind, put.value)[index]].flat().includes(value))
        found.add(put.id as RecordId[K]);
      else found.delete(put.id as RecordId[K]);
    }
    return [...found].toSorted();
  }

  /** With what this decision has started and ended so far. */
  liveOn(runnerId: RunnerId): number {
    const isOne = (session: SessionRecord | undefined) => session?.runnerId === runnerId && isLive(session);
    let count = this.#world.liveOn(runnerId);
    for (const put of this.#puts.values()) {
      if (put.kind === 'session')
        count += Number(isOne(put.value)) - Number(isOne(this.#world.get('session', put.value.id)));
    }
    return count;
  }

  put<K extends RecordKind>(kind: K, id: RecordId[K], value: RecordTypes[K]): void {
    this.#put({ kind, id, value } as Changes['puts'][number]);
    if (kind === 'session' || kind === 'runner') this.tell({ type: kind, id } as Message);
  }

  /** Writes part of a session that this decision has read. Returns it as it is then. */
  patch(session: SessionRecord, part: Partial<SessionRecord>): SessionRecord {
    const next = { ...(this.get('session', session.id) ?? session), ...part };
    this.put('session', next.id, next);
    return next;
  }

  remove<K extends RecordKind>(kind: K, id: RecordId[K]): void {
    this.#remove({ kind, id });
  }

  dropSession(session: SessionId): void {
    this.#drops.push(session);
    this.tell({ type: 'session', id: session });
  }

  /** Positions up to here count as given; use skipLost() of inbox.ts, which also keeps the record. */
  raiseInbox(session: SessionId, to: number): void {
    this.#raised.push({ session, to });
  }

  /** Appends to an inbox; use deliver() of inbox.ts, which also keeps the record and wakes the session. */
  enqueue(session: SessionId, item: NewItem): MessageId {
    const id = item.id ?? this.#moment.messageId();
    this.#inbox.push({ session, item: { ...item, id, at: this.now } as InboxItem });
    return id;
  }

  timer(ref: TimerRef, at: number | undefined): void {
    this.#timers.set(`${ref.kind}/${ref.id}/${ref.name}`, { ref, at });
  }

  tell(message: Message): void {
    this.#messages.set(`${message.type}/${'id' in message ? message.id : message.session}`, message);
  }

  #put(put: Changes['puts'][number]): void {
    this.#removes.delete(`${put.kind}/${put.id}`);
    this.#puts.set(`${put.kind}/${put.id}`, put);
  }

  #remove(removed: Changes['removes'][number]): void {
    this.#puts.delete(`${removed.kind}/${removed.id}`);
    this.#removes.set(`${removed.kind}/${removed.id}`, removed);
  }

  /** Takes over what another decision over this draft wants. */
  absorb(changes: Changes): void {
    for (const removed of changes.removes) this.#remove(removed);
    for (const put of changes.puts) this.#put(put);
    for (const timer of changes.setTimers) this.timer(timer, timer.at);
    for (const ref of changes.clearTimers) this.timer(ref, undefined);
    this.#inbox.push(...changes.inbox);
    this.#raised.push(...changes.raiseInbox);
    this.#drops.push(...changes.dropSessions);
    for (const message of changes.messages) this.tell(message);
  }

  changes(): Changes {
    const timers = [...this.#timers.values()];
    return {
      puts: [...this.#puts.values()],
      removes: [...this.#removes.values()],
      inbox: this.#inbox,
      raiseInbox: this.#raised,
      setTimers: timers.flatMap(({ ref: { kind, id, name }, at }) =>
        at === undefined ? [] : [{ kind, id, name, at }],
      ),
      clearTimers: timers.flatMap(({ ref: { kind, id, name }, at }) => (at === undefined ? [{ kind, id, name }] : [])),
      dropSessions: this.#drops,
      messages: [...this.#messages.values()],
    };
  }
}
