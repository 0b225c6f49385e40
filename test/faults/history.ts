/** What the clients of a run did and saw, and what was found on the disks at its end: all that the checker judges by. */
import type { Frame, InboxEntry, Position, SessionId, SessionView, TriggerId, TriggerView } from '@treeline/shared';

/** `unknown`: no answer came, so it may or may not have happened. `fail`: it was refused and did not. */
export type Outcome = 'ok' | 'fail' | 'unknown';

interface Op {
  /** The key that every try of it carried. */
  readonly key: string;
  /** ms; of the run's own clock. */
  readonly at: number;
  outcome: Outcome;
  doneAt?: number;
  problem?: string;
}

export interface CreateOp extends Op {
  readonly op: 'create';
  session?: SessionId;
}
export interface SendOp extends Op {
  readonly op: 'send';
  readonly session: SessionId;
  readonly text: string;
  messageId?: string;
  position?: number;
}
export interface AnswerOp extends Op {
  readonly op: 'answer';
  readonly trigger: TriggerId;
  readonly response: string;
}
export type ClientOp = CreateOp | SendOp | AnswerOp;

/** What one viewer saw of one session, in its order. */
export type Sight =
  | {
      readonly saw: 'snapshot';
      readonly after: Position | undefined;
      readonly resync: boolean;
      readonly frames: SeenFrame[];
    }
  | { readonly saw: 'frames'; readonly frames: SeenFrame[] }
  | { readonly saw: 'resync' }
  | { readonly saw: 'disconnect' };

/** A frame without its text. */
export type SeenFrame = Pick<Frame, 'id' | 'epoch' | 'first' | 'count'>;

export interface ViewerHistory {
  readonly viewer: string;
  readonly session: SessionId;
  readonly sights: readonly Sight[];
}

/** What a session's folder on a runner holds at the end. */
export interface SpoolFiles {
  readonly runner: string;
  readonly session: SessionId;
  readonly frames: readonly Frame[];
  readonly entries: readonly InboxEntry[];
}

/** What the relay says of a session at the end. */
export interface StoredSession {
  readonly view: SessionView;
  readonly frames: readonly Frame[];
}

/** A time in which acknowledged writes were lost by the store, on the clock of the ops. */
export interface Loss {
  readonly from: number;
  readonly to: number;
}

export interface Evidence {
  /** The runners' files once more, read after the store: what it holds by then must be there. Absent: as `spools`. */
  readonly written?: readonly SpoolFiles[];
  /** Absent: none. */
  readonly losses?: readonly Loss[];
  readonly ops: readonly ClientOp[];
  readonly viewers: readonly ViewerHistory[];
  readonly spools: readonly SpoolFiles[];
  /** From copies of runners' folders: what they wrote may be in the store, and need not be. */
  readonly copies: readonly SpoolFiles[];
  readonly sessions: readonly StoredSession[];
  readonly triggers: readonly TriggerView[];
}
