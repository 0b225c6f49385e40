/**
 * Hints: what changed, told after the commit to whoever keeps sockets, on this relay and on others. A lost hint costs
 * latency only: a runner's hello, a viewer's attach and the timer pump find the same facts in the store.
 */
import type {
  Frame,
  InboxEntry,
  KeyId,
  PersonId,
  Problem,
  RunnerAnswer,
  RunnerId,
  RunnerOrder,
  SessionId,
  TriggerId,
} from '@treeline/shared';

export type OrderOutcome =
  | { readonly ok: true; readonly value: RunnerAnswer }
  | { readonly ok: false; readonly error: Problem };

/** A record as it was committed. Whoever decides on it has it checked by the commit, as anything that may be out of date. */
export interface Told {
  readonly version: number;
  readonly value: unknown;
}

export type Hint = { readonly ns: string } & (
  | { readonly type: 'assigned'; readonly runnerId: RunnerId; readonly session: SessionId }
  /** `entries`: the new items, where they are small enough to travel along. */
  | {
      readonly type: 'inbox';
      readonly runnerId: RunnerId;
      readonly session: SessionId;
      readonly entries?: readonly InboxEntry[];
    }
  | { readonly type: 'frames'; readonly session: SessionId; readonly frames: readonly Frame[] }
  /** `stored`: what it is now, where the next decision on it may well be made by another relay. */
  | { readonly type: 'session'; readonly id: SessionId; readonly stored?: Told }
  /** `over`: it is closed, or its answer came further. */
  | { readonly type: 'trigger'; readonly id: TriggerId; readonly over: boolean; readonly stored?: Told }
  | { readonly type: 'runner'; readonly id: RunnerId }
  /** Connections of this runner with a smaller fence are to end. */
  | { readonly type: 'superseded'; readonly runnerId: RunnerId; readonly fence: number }
  | { readonly type: 'revoked'; readonly keyId: KeyId }
  /** What this person may do has changed: connections made before are to end, and come again. */
  | { readonly type: 'person'; readonly id: PersonId }
  /** Cookies are signed with another key from now on. */
  | { readonly type: 'signing_keys' }
  /** Somebody watches the session on that relay, or nobody does any more; repeated while it lasts. */
  | { readonly type: 'watch'; readonly session: SessionId; readonly relayId: string; readonly on: boolean }
  /** Whichever relay has the runner's link passes the order on, and its answer back. */
  | { readonly type: 'order'; readonly runnerId: RunnerId; readonly orderId: string; readonly order: RunnerOrder }
  | { readonly type: 'order_done'; readonly orderId: string; readonly outcome: OrderOutcome }
  /** Hints of other relays, of any namespace, may have been lost: look at the store. */
  | { readonly type: 'lapsed' }
);

export interface Hints {
  /** Never throws and never waits. */
  emit(hint: Hint): void;
  /** Hints of this relay and of the others, `frames` only of sessions that are followed. Returns how to stop. */
  listen(listener: (hint: Hint) => void): () => void;
  /** When it resolves, `frames` of this session are heard whichever relay stores them, until `unfollow`. */
  follow(ns: string, session: SessionId): Promise<void>;
  unfollow(ns: string, session: SessionId): void;
}
