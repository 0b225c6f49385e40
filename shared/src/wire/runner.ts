/** Namespace `/runner`: the link between a runner's daemon and the relay. */
import { z } from 'zod';
import { FrameId, MessageId, RecordId, RunnerId, SessionId, TriggerId } from '../ids.ts';
import { ErrorCode } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { Assignment } from '../records/assignment.ts';
import { SessionClaim } from '../records/claim.ts';
import { InboxEntry } from '../records/inbox.ts';
import { Frame, Position, SessionUpdate } from '../records/log.ts';
import { RunnerHealth, RunnerProfile } from '../records/runner.ts';
import { RunnerAnswer, RunnerOrder } from '../records/runner-order.ts';
import { AgentName, Instant, Labels, TriggerType } from '../vocabulary.ts';
import { event } from './define.ts';

/** Versions of the wire protocol that this build speaks. */
export const PROTOCOL = { min: 1, max: 1 } as const;

/** A session's spool as the runner has it on disk. */
export const SpoolStatus = z.object({
  id: SessionId,
  attempt: z.number().int().positive(),
  /** Last record in the spool. */
  last: Position,
  /** Id of the frame that holds it, to recognise a forked spool. */
  lastFrame: FrameId.nullable(),
  /** Last record that the relay has acknowledged. */
  acked: Position,
  ackedFrame: FrameId.nullable(),
  /** Last inbox item on the runner's disk. */
  inboxPosition: z.number().int().nonnegative(),
  /** The last of them, oldest first: by these a store that lost writes finds what it gave the same positions to since. */
  inboxTail: z
    .array(z.object({ position: z.number().int().positive(), id: MessageId }))
    .max(64)
    .optional(),
  /** Whether a worker process lives. */
  live: z.boolean(),
});
export type SpoolStatus = z.infer<typeof SpoolStatus>;

export const SpoolVerdict = z.object({
  id: SessionId,
  have: Position,
  /**
   * resume: send what follows `have`. replay_from: the store lost writes, refill from `have` on. new_epoch: the spool and
   * the store disagree; begin epoch `have.epoch + 1`. not_yours: the session is unknown or another runner's; stop it.
   * lost: the store is younger than the session and does not know it; claim it. Said only to who asked for `claims`.
   */
  verdict: z.enum(['resume', 'replay_from', 'new_epoch', 'not_yours', 'lost']),
});
export type SpoolVerdict = z.infer<typeof SpoolVerdict>;

export const FrameAck = z.object({
  session: SessionId,
  /** Everything up to here is durable in the store. */
  acked: Position,
  /** Facts of these frames that were refused; the same refusals are in the session's inbox. */
  refused: z.array(z.object({ recordId: RecordId, code: ErrorCode, message: z.string() })),
  /** Set when the frames do not follow what the store has, or one of them is malformed (`new_epoch`, with `problem`). */
  verdict: z.enum(['replay_from', 'new_epoch', 'not_yours']).optional(),
  /** With new_epoch: the last of these frames that the store has as it was sent. What follows it is to be said again. */
  common: Position.optional(),
  problem: z.string().optional(),
});
export type FrameAck = z.infer<typeof FrameAck>;

/** What list_children says of one child. */
export const ChildSummary = z.object({
  sessionId: SessionId,
  title: z.string(),
  agent: AgentName,
  runnerId: RunnerId,
  state: z.string(),
  summary: z.string().optional(),
  openTriggers: z.array(z.object({ triggerId: TriggerId, type: TriggerType, text: z.string() })),
});
export type ChildSummary = z.infer<typeof ChildSummary>;

/** What list_runners says of one runner. */
export const RunnerSummary = z.object({
  runnerId: RunnerId,
  name: z.string(),
  online: z.boolean(),
  self: z.boolean(),
  labels: Labels,
  agents: z.array(AgentName),
  sessions: z.number().int().nonnegative(),
  capacity: z.number().int().positive(),
});
export type RunnerSummary = z.infer<typeof RunnerSummary>;

const InboxPush = z.object({ session: SessionId, entries: z.array(InboxEntry).min(1).max(LIMITS.inboxItemsPerPush) });
/** Last position of this session's inbox that is on the runner's disk. */
const InboxReceipt = z.object({ position: z.number().int().nonnegative() });

/** Runner → relay. */
export const RunnerToRelay = {
  hello: event({
    doc: 'First event of a connection. The reply opens the link, or refuses it with protocol_version, superseded or forbidden.',
    payload: z.object({
      protocol: z.object({ min: z.number().int(), max: z.number().int() }),
      runner: RunnerProfile,
      /** New for each daemon process. */
      instance: z.string().min(1).max(64),
      generation: z.number().int().positive(),
      sessions: z.array(SpoolStatus).max(LIMITS.sessionsPerHello),
      /** It can claim sessions that the store lost. */
      claims: z.boolean().optional(),
    }),
    reply: z.object({
      protocol: z.number().int(),
      relayId: z.string(),
      /** To be sent with every later event. */
      fence: z.number().int().positive(),
      time: Instant,
      publicUrl: z.string(),
      heartbeatMs: z.number().int().positive(),
      /** By the relay's clock: from then on the runner is to ask for its next key. */
      renewKeyAt: Instant.optional(),
      sessions: z.array(SpoolVerdict),
    }),
  }),
  claim: event({
    doc: 'Sessions that the welcome called `lost`, as their folders have them. Each is answered like a spool in `hello`; then its log is sent again.',
    payload: z.object({
      fence: z.number().int(),
      sessions: z.array(SessionClaim).min(1).max(LIMITS.claimsPerPacket),
    }),
    reply: z.object({ sessions: z.array(SpoolVerdict) }),
  }),
  log: event({
    doc: 'Frames of any sessions, in order per session. Acknowledged when durable in the store.',
    payload: z.object({ fence: z.number().int(), frames: z.array(Frame).min(1).max(LIMITS.framesPerPacket) }),
    reply: z.object({ sessions: z.array(FrameAck) }),
  }),
  delta: event({
    doc: 'Unfinished output of a live turn, for viewers only: never stored, may be dropped.',
    payload: z.object({ session: SessionId, after: Position, updates: z.array(SessionUpdate).min(1).max(64) }),
    reply: null,
  }),
  heartbeat: event({
    doc: 'Every heartbeatMs. A runner whose heartbeats stop is offline.',
    payload: z.object({ fence: z.number().int(), health: RunnerHealth }),
    reply: z.object({ time: Instant }),
  }),
  renew_key: event({
    doc: 'From renewKeyAt on: the runner’s next key. The one of this link works until a link was opened with the new one.',
    payload: z.object({ fence: z.number().int() }),
    reply: z.object({ key: z.string().min(1) }),
  }),
  list_children: event({
    doc: 'The tool of the same name: the children of this session, for the session itself.',
    payload: z.object({ fence: z.number().int(), session: SessionId }),
    reply: z.object({ children: z.array(ChildSummary) }),
  }),
  list_runners: event({
    doc: 'The tool of the same name: the runners that a session may spawn on.',
    payload: z.object({ fence: z.number().int(), session: SessionId }),
    reply: z.object({ runners: z.array(RunnerSummary) }),
  }),
  bye: event({
    doc: 'The daemon stops on purpose; its runner is offline at once.',
    payload: z.object({ fence: z.number().int() }),
    reply: z.object({}),
  }),
} as const;

/** Relay → runner. */
export const RelayToRunner = {
  assign: event({
    doc: 'Sessions that this runner is to have. Sent after welcome and on every new one; the same session may come again.',
    payload: z.object({ sessions: z.array(Assignment).min(1).max(64) }),
    reply: z.object({
      /** On disk. A refused session has its own `end` record in the reply’s place. */
      accepted: z.array(SessionId),
      refused: z.array(z.object({ id: SessionId, code: ErrorCode, message: z.string() })),
    }),
  }),
  inbox: event({
    doc: 'The next items of a session’s inbox (prompts, tells, refusals, stops). Acknowledged when on disk; one push in flight per session.',
    payload: InboxPush,
    reply: InboxReceipt,
  }),
  session_trigger: event({
    doc: 'As `inbox`, for triggers of children that are addressed to this session, and their withdrawal.',
    payload: InboxPush,
    reply: InboxReceipt,
  }),
  trigger_response: event({
    doc: 'As `inbox`, for the outcome of triggers that this session made.',
    payload: InboxPush,
    reply: InboxReceipt,
  }),
  order: event({
    doc: 'What a person asks of the runner: to pause, resume, drain or rename itself, to examine itself, to show its log. Its owner may forbid it.',
    payload: z.object({ order: RunnerOrder }),
    reply: z.object({ answer: RunnerAnswer }),
  }),
  watch: event({
    doc: 'Whether anybody watches the session: deltas are sent only then.',
    payload: z.object({ session: SessionId, on: z.boolean() }),
    reply: null,
  }),
  goodbye: event({
    doc: 'The relay closes this link on purpose: superseded, revoked, or draining (then reconnect).',
    payload: z.object({ code: z.enum(['superseded', 'revoked', 'draining']), message: z.string() }),
    reply: null,
  }),
} as const;
