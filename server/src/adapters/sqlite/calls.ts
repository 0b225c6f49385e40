/**
 * What the relay's thread asks of the store thread. Values travel as JSON text, so that the store thread never parses
 * them and the text that is stored is the text that was sent.
 */
import type { Frame, Position, SessionId } from '@treeline/shared';
import type {
  AppendResult,
  CommitResult,
  DueTimer,
  FenceGuard,
  ListQuery,
  LogHead,
  LogQuery,
  Put,
  Recovery,
  Ref,
  Unit,
} from '../../ports/store.ts';
import type { Finding } from './recovery.ts';

export interface RecordRow {
  readonly id: string;
  readonly version: number;
  readonly json: string;
}

/** One place of a record in an index. */
export type IndexEntry = readonly [name: string, value: string];

export interface PutRow extends Pick<Put, 'kind' | 'id' | 'expect'> {
  readonly json: string;
  readonly entries: readonly IndexEntry[];
}

export interface InboxRow {
  readonly position: number;
  readonly json: string;
}

export interface UnitRows extends Omit<Unit, 'put' | 'inbox'> {
  readonly put: readonly PutRow[];
  readonly inbox: readonly { readonly session: SessionId; readonly json: string }[];
}

/** A session of a namespace: the owner of one inbox and one log. */
export interface Owner {
  readonly ns: string;
  readonly session: SessionId;
}

export interface ReadCalls {
  get(ns: string, ref: Ref): RecordRow | undefined;
  list(query: ListQuery): RecordRow[];
  count(ns: string, kind: string, entry: IndexEntry): number;
  head(of: Owner): LogHead;
  readLog(of: Owner, query: LogQuery): Frame[];
  readLogTail(of: Owner, limit: number): Frame[];
  trimmedTo(of: Owner): Position;
  readInbox(of: Owner, after: number, limit: number): InboxRow[];
  nextDue(): number | undefined;
}

/** Outside of any transaction. */
export interface FileCalls {
  /** Copies the whole store to this file. */
  backUp(file: string): void;
}

export interface WriteCalls {
  commit(unit: UnitRows): CommitResult;
  append(ns: string, frames: readonly Frame[], fence: FenceGuard | undefined): AppendResult[];
  raiseFence(ns: string, name: string): number;
  trimInbox(of: Owner, upTo: number): void;
  trimLog(of: Owner, upTo: Position): void;
  claimDue(now: number, limit: number, holdForMs: number): DueTimer[];
  /** Writes what is already there, to see whether the file can be written. */
  probe(): void;
}

export type Calls = ReadCalls & WriteCalls & FileCalls;
export type CallName = keyof Calls;

const READS: ReadonlySet<string> = new Set<keyof ReadCalls>([
  'get',
  'list',
  'count',
  'head',
  'readLog',
  'readLogTail',
  'trimmedTo',
  'readInbox',
  'nextDue',
]);

export function isRead(name: string): boolean {
  return READS.has(name);
}

export interface Request {
  readonly seq: number;
  readonly name: CallName | 'close';
  readonly args: readonly unknown[];
}

export type Reply =
  | { readonly seq: number; readonly value: unknown }
  | { readonly seq: number; readonly problem: string };

/** What the thread is started with. */
export interface ThreadData {
  readonly file: string;
  /** What the thread before found: the store is to be recovered. */
  readonly finding?: Finding;
}

/** The thread's first message: the store is open, or damaged, or the line that says why it cannot be opened. */
export type Opening =
  | { readonly open: true; readonly recovered: Recovery | undefined }
  | { readonly open: false; readonly finding: Finding }
  | { readonly open: false; readonly problem: string };
