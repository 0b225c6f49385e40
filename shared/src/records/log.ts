/**
 * The log of a session: everything that comes OUT of it, in the order `(epoch, seq)`. The worker writes records, cuts
 * them into frames once, and the frame travels unchanged from the worker's file to the viewer's screen.
 *
 * Two families of records never share a frame. *Events* are what the agent did; the relay stores and forwards them
 * unread. *Facts* are what the session decides or becomes; the store applies each in the commit that appends it.
 */
import { z } from 'zod';
import { FrameId, MessageId, RecordId, RunnerId, SessionId, TriggerId } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import {
  AgentName,
  BlockingType,
  DeliverAs,
  Instant,
  Labels,
  NonEmptyText,
  Outcome,
  Path,
  SessionLimits,
  Reason,
  Text,
  Title,
  TriggerAction,
} from '../vocabulary.ts';

/** A place in a log: the last record it names. `{epoch: 0, seq: 0}` is before the first. */
export const Position = z.object({ epoch: z.number().int().nonnegative(), seq: z.number().int().nonnegative() });
export type Position = z.infer<typeof Position>;
export const START: Position = { epoch: 0, seq: 0 };

export function comparePositions(a: Position, b: Position): number {
  return a.epoch - b.epoch || a.seq - b.seq;
}

/** `<epoch>-<seq>`, as cursors are written in URLs and in the store. */
export function formatPosition({ epoch, seq }: Position): string {
  return `${epoch}-${seq}`;
}

export const PositionText = z
  .string()
  .regex(/^\d{1,10}-\d{1,15}$/, 'a position <epoch>-<seq>')
  .transform((text): Position => {
    const [epoch = 0, seq = 0] = text.split('-').map(Number);
    return { epoch, seq };
  });

/**
 * One step of an agent in the words of the Agent Client Protocol's session updates (agentclientprotocol.com,
 * "Prompt turn"): agent_message_chunk, agent_thought_chunk, user_message_chunk, tool_call, tool_call_update, plan,
 * usage_update …. Unknown kinds pass through. In the log a chunk is a finished piece: the deltas since the last piece, joined.
 */
export const SessionUpdate = z.looseObject({ sessionUpdate: z.string().min(1).max(64) });
export type SessionUpdate = z.infer<typeof SessionUpdate>;

const base = { id: RecordId, at: Instant };

export const EventRecord = z.discriminatedUnion('kind', [
  z.object({ ...base, kind: z.literal('update'), update: SessionUpdate }),
  /** Something the worker or the daemon has to say about the session: a retry, the stderr tail of a failed start, a hole. */
  z.object({ ...base, kind: z.literal('notice'), level: z.enum(['info', 'warn', 'error']), text: Text }),
]);
export type EventRecord = z.infer<typeof EventRecord>;

export const AskOption = z.object({
  id: z.string().min(1).max(200),
  label: z.string().min(1).max(2000),
  /** For permissions: allow_once, allow_always, reject_once, reject_always (ACP's PermissionOptionKind). */
  kind: z.string().max(64).optional(),
});
export type AskOption = z.infer<typeof AskOption>;

/** What exactly would run, for a permission_request. */
export const PermissionSubject = z.object({
  title: Text,
  toolKind: z.string().max(64).optional(),
  command: Text.optional(),
  input: z.unknown().optional(),
});
export type PermissionSubject = z.infer<typeof PermissionSubject>;

/** What a blocking trigger asks. `text` is the question, the plan, or the sentence above a permission. */
export const Ask = z.object({
  type: BlockingType,
  text: NonEmptyText,
  options: z.array(AskOption).max(LIMITS.options).optional(),
  permission: PermissionSubject.optional(),
  /** Milliseconds until it goes to people if the parent has not answered; default: see TIMES. */
  escalateAfterMs: z
    .number()
    .int()
    .nonnegative()
    .max(30 * 24 * 3600_000)
    .optional(),
  /** Milliseconds until it expires unanswered; default TIMES.triggerExpiryMs. */
  expiresInMs: z
    .number()
    .int()
    .positive()
    .max(90 * 24 * 3600_000)
    .optional(),
});
export type Ask = z.infer<typeof Ask>;

/** What to start: the caller's half of a session. */
export const SessionSpec = z.object({
  prompt: NonEmptyText,
  agent: AgentName.optional(),
  runnerId: RunnerId.optional(),
  cwd: Path.optional(),
  model: z.string().min(1).max(200).optional(),
  title: Title.optional(),
  labels: Labels.optional(),
  /** Work in a git worktree of its own, made from the repository that `cwd` is in. */
  worktree: z.boolean().optional(),
  /** Limits below those of the runner. */
  limits: SessionLimits.optional(),
  /** Choose a runner that has all these labels, when none is named. */
  runnerLabels: Labels.optional(),
});
export type SessionSpec = z.infer<typeof SessionSpec>;

export const Usage = z.object({
  inputTokens: z.number().nonnegative().optional(),
  outputTokens: z.number().nonnegative().optional(),
  cachedTokens: z.number().nonnegative().optional(),
  costUsd: z.number().nonnegative().optional(),
});
export type Usage = z.infer<typeof Usage>;

export const FactRecord = z.discriminatedUnion('kind', [
  /** The worker's agent is up (`starting` → `idle`), works on a turn, or has finished one. */
  z.object({
    ...base,
    kind: z.literal('state'),
    state: z.enum(['starting', 'running', 'idle', 'asleep']),
    resumable: z.boolean().optional(),
    /** With `asleep`: in the middle of a turn. It goes on as soon as its runner is back. */
    interrupted: z.boolean().optional(),
  }),
  /** Inbox items up to this position have reached the agent. Triggers answered by them count as resumed. */
  z.object({ ...base, kind: z.literal('consumed'), position: z.number().int().positive() }),
  z.object({ ...base, kind: z.literal('usage'), usage: Usage }),
  z.object({ ...base, kind: z.literal('ask'), triggerId: TriggerId, ask: Ask }),
  /** The session no longer waits for its own trigger: the turn that asked was cancelled. */
  z.object({ ...base, kind: z.literal('withdraw'), triggerId: TriggerId }),
  z.object({
    ...base,
    kind: z.literal('answer'),
    triggerId: TriggerId,
    response: Text,
    action: TriggerAction.optional(),
  }),
  z.object({ ...base, kind: z.literal('escalate'), triggerId: TriggerId, context: Text.optional() }),
  z.object({
    ...base,
    kind: z.literal('tell'),
    messageId: MessageId,
    sessionId: SessionId,
    text: NonEmptyText,
    deliverAs: DeliverAs.optional(),
  }),
  z.object({ ...base, kind: z.literal('spawn'), sessionId: SessionId, spec: SessionSpec }),
  /** The last record of an attempt. For a child it makes the session_complete or session_error with `triggerId`. */
  z.object({
    ...base,
    kind: z.literal('end'),
    triggerId: TriggerId,
    outcome: Outcome,
    reason: Reason,
    /** What a person should know: the exit code, the signal, the tail of stderr. */
    detail: z.string().max(8192).optional(),
    summary: z.string().max(LIMITS.summaryBytes).optional(),
    resumable: z.boolean().optional(),
  }),
]);
export type FactRecord = z.infer<typeof FactRecord>;
export type FactKind = FactRecord['kind'];
export type Fact<K extends FactKind> = Extract<FactRecord, { kind: K }>;

export type LogRecord = EventRecord | FactRecord;

/**
 * The unit of storage and travel. `first`..`first + count - 1` are the sequences of its records; `body` is the JSON
 * array of them as text. A `fact` frame holds exactly one record. A frame is never cut again: resent, it is the same.
 */
export const Frame = z.object({
  id: FrameId,
  session: SessionId,
  epoch: z
    .number()
    .int()
    .positive()
    .max(2 ** 31),
  first: z
    .number()
    .int()
    .positive()
    .max(2 ** 48),
  count: z.number().int().positive().max(LIMITS.recordsPerFrame),
  kind: z.enum(['events', 'fact']),
  body: z.string().min(2).max(LIMITS.frameBytes),
});
export type Frame = z.infer<typeof Frame>;

export function lastSeq(frame: Pick<Frame, 'first' | 'count'>): number {
  return frame.first + frame.count - 1;
}
