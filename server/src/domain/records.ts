/** Records as the store keeps them: what the product shows, and what the rules need to decide without counting. */
import type { Position, Runner, RunnerId, Session, SessionId, Trigger, TriggerId } from '@treeline/shared';
import type { NoticeRecord, RecipientRecord } from './notify/records.ts';

export interface SessionRecord extends Session {
  /** Positions of its inbox. Every item put there writes the record too, so that whoever ends or wakes the session meets it. */
  readonly inbox: InboxState;
  /** Its own triggers that are open, in the order they were made. */
  readonly open: readonly OpenTrigger[];
  /** Children that are not over. */
  readonly liveChildren: number;
  /** For a root: sessions of the tree that are not over, itself included. */
  readonly treeLive: number;
  /** When it spawned, within the last minute. */
  readonly recentSpawns: readonly number[];
  /** Its runner brought it back to a store that had lost it, and sends its log again. Absent: all of that is there. */
  readonly refill?: Refill;
  /** It was brought back under a parent whose log has not confirmed that. */
  readonly lostParent?: LostParent;
}

export interface Refill {
  /** What the log holds up to here has had its effects before the loss. */
  readonly until: Position;
  /** Questions among that which still wait. */
  readonly open: readonly TriggerId[];
}

export interface LostParent {
  readonly id: SessionId;
  /** Of what the parent is to be told of its end, once it is there. */
  readonly notice?: TriggerId;
}

export interface InboxState {
  /** Position of the last item. */
  readonly last: number;
  /** Everything up to here has reached the agent. */
  readonly consumed: number;
  /** Position of the last item that wakes a session which sleeps; 0: none yet. */
  readonly waking: number;
  /** Position of the last item that starts a session again which has ended; 0: none yet. */
  readonly reviving: number;
}

export interface OpenTrigger {
  readonly id: TriggerId;
  readonly escalated: boolean;
}

/** What an idempotency key led to. */
export interface RequestRecord {
  /** Digest of the body it came with; another body under the same key is refused. */
  readonly digest: string;
  readonly result: unknown;
}

export type TriggerRecord = Trigger;
export type RunnerRecord = Runner;

/** Record kinds that decisions read and write, by the store's names. */
export interface RecordTypes {
  session: SessionRecord;
  trigger: TriggerRecord;
  runner: RunnerRecord;
  request: RequestRecord;
  recipient: RecipientRecord;
  notice: NoticeRecord;
}
export type RecordKind = keyof RecordTypes;
/** Those that decisions look for by an index. */
export type ListedKind = Exclude<RecordKind, 'request'>;
export type RecordId = {
  session: SessionId;
  trigger: TriggerId;
  runner: RunnerId;
  request: string;
  recipient: string;
  notice: string;
};
