/** What a transcript shows: one row for each thing that a person would name. */
import type {
  Ask,
  Outcome,
  Position,
  Reason,
  SessionId,
  SessionSpec,
  TriggerAction,
  TriggerId,
} from '@treeline/shared';

interface Base {
  /** `<epoch>-<seq>` of its first record. */
  readonly key: string;
  readonly at: number;
}

export interface ToolPart {
  readonly type: 'text' | 'diff' | 'terminal';
  readonly text: string;
  readonly path?: string;
  readonly before?: string;
}

export type ToolStatus = 'pending' | 'in_progress' | 'completed' | 'failed';

export interface PlanEntry {
  readonly text: string;
  readonly status: string;
}

/** Who put a message into the session's inbox, as far as its record says. */
export interface MessageOrigin {
  readonly kind: string;
  readonly name?: string;
  readonly sessionId?: string;
  readonly triggerId?: string;
}

export type Row = Base &
  (
    | { readonly kind: 'user'; readonly text: string; readonly origin: MessageOrigin | undefined }
    | {
        readonly kind: 'agent';
        readonly text: string;
        readonly messageId: string | undefined;
        readonly plain: boolean;
        /** Still being said. */
        readonly live?: boolean;
      }
    | {
        readonly kind: 'thought';
        readonly text: string;
        readonly messageId: string | undefined;
        /** Still being thought. */
        readonly live?: boolean;
      }
    | {
        readonly kind: 'tool';
        readonly callId: string;
        readonly title: string;
        readonly toolKind: string;
        readonly status: ToolStatus;
        readonly input: string | undefined;
        readonly parts: readonly ToolPart[];
        readonly endedAt: number | undefined;
      }
    | { readonly kind: 'plan'; readonly entries: readonly PlanEntry[] }
    | { readonly kind: 'notice'; readonly level: 'info' | 'warn' | 'error'; readonly text: string }
    | { readonly kind: 'asked'; readonly triggerId: TriggerId; readonly ask: Ask; readonly withdrawn: boolean }
    | {
        readonly kind: 'answered';
        readonly triggerId: TriggerId;
        readonly response: string;
        readonly action: TriggerAction | undefined;
      }
    | { readonly kind: 'escalated'; readonly triggerId: TriggerId; readonly context: string | undefined }
    | { readonly kind: 'told'; readonly sessionId: SessionId; readonly text: string }
    | { readonly kind: 'spawned'; readonly sessionId: SessionId; readonly spec: SessionSpec }
    | { readonly kind: 'asleep' }
    | {
        readonly kind: 'ended';
        readonly outcome: Outcome;
        readonly reason: Reason;
        readonly detail: string | undefined;
        readonly summary: string | undefined;
      }
  );

export type RowOf<K extends Row['kind']> = Extract<Row, { kind: K }>;

/** Output that is not finished yet. */
export interface LiveText {
  readonly kind: 'agent' | 'thought';
  readonly text: string;
  readonly messageId: string | undefined;
}

export interface Transcript {
  readonly rows: readonly Row[];
  readonly live: readonly LiveText[];
  /** Last record that is in. */
  readonly cursor: Position;
  /** Last finished step of the agent: older deltas are void. */
  readonly lastUpdate: Position;
  /** There are entries before the first row. */
  readonly earlier: boolean;
  /** Entries before the first row were removed on the relay. */
  readonly removed: boolean;
}
