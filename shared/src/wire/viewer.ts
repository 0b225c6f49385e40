/** Namespace `/viewer`: people's browsers and `treeline session attach`. */
import { z } from 'zod';
import { RunnerId, SessionId, TriggerId } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { Frame, Position, SessionUpdate } from '../records/log.ts';
import { RunnerView } from '../records/runner.ts';
import { SessionView } from '../records/session.ts';
import { TriggerView } from '../records/trigger.ts';
import { RequestKey, Text, TriggerAction } from '../vocabulary.ts';
import { event } from './define.ts';

const EmptyReply = z.object({});

/** Viewer → relay. */
export const ViewerToRelay = {
  overview: event({
    doc: 'Sends what is open, live and online now, and from then on every change of a session, trigger or runner.',
    payload: z.object({}),
    reply: z.object({
      sessions: z.array(SessionView),
      triggers: z.array(TriggerView),
      runners: z.array(RunnerView),
    }),
  }),
  attach: event({
    doc: 'Follows one session: the frames after the cursor, then every new one. Without a cursor, the last `tail` frames. `resync`: the cursor is not in this log, or entries after it were removed; the frames are a fresh snapshot.',
    payload: z.object({
      session: SessionId,
      after: Position.optional(),
      tail: z.number().int().positive().max(LIMITS.logPageMax).optional(),
    }),
    reply: z.object({
      session: SessionView,
      frames: z.array(Frame),
      /** Last record sent. */
      cursor: Position,
      resync: z.boolean(),
      /** There are older frames before the first of these. */
      earlier: z.boolean(),
      /** The last entry that was removed for its age, when nothing older is left than these frames. */
      removed: Position.optional(),
    }),
  }),
  detach: event({ doc: 'Ends attach.', payload: z.object({ session: SessionId }), reply: EmptyReply }),
  trigger_response: event({
    doc: 'A person answers an open trigger. The first answer counts; a later one gets already_answered.',
    payload: z.object({
      triggerId: TriggerId,
      key: RequestKey.optional(),
      response: Text,
      action: TriggerAction.optional(),
    }),
    reply: z.object({ trigger: TriggerView }),
  }),
} as const;

/** Relay → viewer. */
export const RelayToViewer = {
  log: event({
    doc: 'New frames of a session that is attached.',
    payload: z.object({ frames: z.array(Frame).min(1) }),
    reply: null,
  }),
  delta: event({
    doc: 'Unfinished output after `after`; replaced by the stored record that follows.',
    payload: z.object({ session: SessionId, after: Position, updates: z.array(SessionUpdate) }),
    reply: null,
  }),
  session: event({ doc: 'A session is new or has changed.', payload: z.object({ session: SessionView }), reply: null }),
  session_gone: event({
    doc: 'A session was deleted, with its log and its triggers.',
    payload: z.object({ session: SessionId }),
    reply: null,
  }),
  session_trigger: event({
    doc: 'A trigger is new or open in another way.',
    payload: z.object({ trigger: TriggerView }),
    reply: null,
  }),
  trigger_response: event({
    doc: 'A trigger is over, or its answer came further.',
    payload: z.object({ trigger: TriggerView }),
    reply: null,
  }),
  runner: event({ doc: 'A runner joined, came or went.', payload: z.object({ runner: RunnerView }), reply: null }),
  runner_removed: event({ doc: 'A runner was given up.', payload: z.object({ id: RunnerId }), reply: null }),
  resync: event({
    doc: 'This viewer fell behind and frames were skipped: attach again from its cursor.',
    payload: z.object({ session: SessionId }),
    reply: null,
  }),
} as const;
