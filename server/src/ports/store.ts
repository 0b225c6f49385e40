/**
 * The store: durable state of the relay. Redis and SQLite implement it with the same behaviour; store.contract.ts is the
 * one suite that both pass.
 *
 * Promise: when `commit` says committed, or `append` says appended, the data survives whatever the backend's configured
 * durability survives; when they reject, the outcome is unknown and the same call may be repeated.
 * Every call names a namespace; nothing crosses namespaces but `claimDue` and `namespaces`.
 */
import type { OwnedLine } from './audit-records.ts';
import type { Frame, FrameId, InboxEntry, InboxItem, Position, SessionId } from '@treeline/shared';

/**
 * Tables of records. `setting` holds what the relay itself needs; `request` what an idempotency key led to; `audit` who
 * did what, which `Unit.audit` alone writes.
 */
export type Kind =
  | 'session'
  | 'trigger'
  | 'runner'
  | 'credential'
  | 'person'
  | 'request'
  | 'setting'
  | 'recipient'
  | 'notice'
  | 'audit';

export interface Ref {
  readonly kind: Kind;
  readonly id: string;
}

export interface Stored<T = unknown> {
  readonly id: string;
  readonly value: T;
  /** Grows by one with each put; 1 for a new record. */
  readonly version: number;
}

export interface Put extends Ref {
  /** Version it must have now; 0: must not exist. */
  readonly expect: number;
  /** JSON. */
  readonly value: unknown;
  /** All indexes of the record: name → value(s). Those of the earlier version that are not here are removed. */
  readonly indexes?: Readonly<Record<string, string | readonly string[]>>;
}

/** A due time, named by what it belongs to. Setting it again moves it. */
export interface Timer {
  readonly kind: Kind;
  readonly id: string;
  /** Which of the record's timers: `escalate`, `expire`, `presence` …. */
  readonly name: string;
}

export interface DueTimer extends Timer {
  readonly ns: string;
  /** When it was due, ms since 1970. */
  readonly at: number;
}

/** Refuses the write unless the named fence still has this value: one connection of one runner. */
export interface FenceGuard {
  readonly name: string;
  readonly value: number;
}

/** All or nothing. Every condition is checked before the first write. */
export interface Unit {
  readonly ns: string;
  readonly fences?: readonly FenceGuard[];
  /** Records that must still have these versions, without being written. */
  readonly expect?: readonly (Ref & { readonly version: number })[];
  readonly put?: readonly Put[];
  readonly remove?: readonly (Ref & { readonly expect: number })[];
  readonly setTimers?: readonly (Timer & { readonly at: number })[];
  readonly clearTimers?: readonly Timer[];
  readonly inbox?: readonly { readonly session: SessionId; readonly item: InboxItem }[];
  /** Positions up to here count as given: the runner has items that the store lost. Before `inbox` is. */
  readonly raiseInbox?: readonly { readonly session: SessionId; readonly to: number }[];
  /** Appended in order; each must follow its log's head (the first record of a larger epoch follows every head). */
  readonly frames?: readonly Frame[];
  /** Who did what, told by the unit that is the effect of it. A line is written once; only age removes it. */
  readonly audit?: readonly OwnedLine[];
  /** Sessions whose inbox and log go. */
  readonly dropSessions?: readonly SessionId[];
}

export type CommitResult =
  /** `positions` are the places of `unit.inbox`, in its order. */
  | { readonly status: 'committed'; readonly positions: readonly number[] }
  /** Something changed since it was read: load and decide again. Nothing was written. */
  | { readonly status: 'conflict'; readonly on: string }
  | { readonly status: 'fenced' }
  /** A frame of the unit does not follow its log. Nothing was written. */
  | {
      readonly status: 'rejected';
      readonly session: SessionId;
      readonly append: Exclude<AppendResult, { status: 'appended' | 'fenced' }>;
    };

export interface LogHead extends Position {
  /** Frame that holds the last record; null for an empty log. */
  readonly frame: FrameId | null;
}

export type AppendResult =
  | { readonly status: 'appended'; readonly head: LogHead }
  /** All of it is already there, by identity. */
  | { readonly status: 'duplicate'; readonly head: LogHead }
  /** It does not begin where the log ends. */
  | { readonly status: 'gap'; readonly head: LogHead }
  /** The log has gone on to a larger epoch. */
  | { readonly status: 'stale_epoch'; readonly head: LogHead }
  /** Another frame holds these sequences: two spools claim to be this session. */
  | { readonly status: 'forked'; readonly head: LogHead }
  | { readonly status: 'fenced' };

export interface ListQuery {
  readonly ns: string;
  readonly kind: Kind;
  /** With `value`: only the records indexed so. Without: all of the kind. */
  readonly index?: string;
  readonly value?: string;
  readonly limit: number;
  /** Ids strictly beyond this one, in the order asked for. */
  readonly after?: string;
  /** By id, and so by time of creation. Default `asc`. */
  readonly order?: 'asc' | 'desc';
}

export interface LogQuery {
  readonly after?: Position;
  readonly limit: number;
}

/** The store was damaged and goes on with what could be read of it. */
export interface Recovery {
  /** ISO 8601. */
  readonly at: string;
  /** One word. */
  readonly verdict: string;
  /** What is missing, as one sentence for people. */
  readonly lost: string;
  /** Folder with the originals and the whole report. */
  readonly aside: string;
}

export interface StoreHealth {
  readonly ok: boolean;
  /** One word: `redis` or `sqlite`. */
  readonly backend: string;
  /** Writes may be lost when the backend stops, as its operator asked for. */
  readonly volatile: boolean;
  readonly detail: string;
  /** As long as the originals are put aside. */
  readonly recovered?: Recovery;
}

export interface Store {
  get<T>(ns: string, ref: Ref): Promise<Stored<T> | undefined>;
  /** In the order asked for; undefined where there is none. */
  getMany<T>(ns: string, kind: Kind, ids: readonly string[]): Promise<(Stored<T> | undefined)[]>;
  list<T>(query: ListQuery): Promise<Stored<T>[]>;
  count(ns: string, kind: Kind, index: string, value: string): Promise<number>;

  commit(unit: Unit): Promise<CommitResult>;
  /**
   * The hot path: frames of any sessions, appended as one group with those of other callers. Results in the order of the
   * frames. A frame may be appended although an earlier one of another session was refused; one that follows a refused
   * frame of its own session in this call is a gap, whatever stands in the log.
   */
  append(ns: string, frames: readonly Frame[], fence?: FenceGuard): Promise<AppendResult[]>;
  /** Raises a fence by one and returns the new value (the first is 1). */
  raiseFence(ns: string, name: string): Promise<number>;

  head(ns: string, session: SessionId): Promise<LogHead>;
  /** Oldest first. A frame belongs to the answer when its last record is after the position. */
  readLog(ns: string, session: SessionId, query: LogQuery): Promise<Frame[]>;
  /** The last frames, oldest first. */
  readLogTail(ns: string, session: SessionId, limit: number): Promise<Frame[]>;
  /**
   * Forgets the frames that end at or before a position, but never the one that the log ends with. Sequences go on, and a
   * frame of what is forgotten that comes again is a duplicate.
   */
  trimLog(ns: string, session: SessionId, upTo: Position): Promise<void>;
  /** Last record that `trimLog` forgot; {0, 0}: none. */
  trimmedTo(ns: string, session: SessionId): Promise<Position>;
  readInbox(ns: string, session: SessionId, after: number, limit: number): Promise<InboxEntry[]>;
  /** Forgets items up to a position. The positions go on. */
  trimInbox(ns: string, session: SessionId, upTo: number): Promise<void>;

  /**
   * Timers that are due in any namespace, earliest first. Each is moved `holdForMs` into the future, so that it comes
   * again if whoever claimed it dies; the commit that handles it sets or clears it.
   */
  claimDue(now: number, limit: number, holdForMs: number): Promise<DueTimer[]>;
  /** When the next timer is due, if there is one. */
  nextDue(): Promise<number | undefined>;

  /** Copies everything, as of one moment, to a file of this machine for this user only. Absent where the backend does that. */
  backup?(file: string): Promise<void>;

  health(): Promise<StoreHealth>;
  close(): Promise<void>;
}
