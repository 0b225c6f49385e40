/** The HTTP API below /api/v1. */
import { z } from 'zod';
import { KeyId, RunnerId, SessionId, TriggerId } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { Frame, Position, PositionText, SessionSpec } from '../records/log.ts';
import { RunnerProfile, RunnerView } from '../records/runner.ts';
import { SessionTree, SessionView } from '../records/session.ts';
import { TriggerView } from '../records/trigger.ts';
import {
  DeliverAs,
  Instant,
  Name,
  NonEmptyText,
  RequestKey,
  SessionState,
  StopStrength,
  Text,
  TriggerAction,
} from '../vocabulary.ts';
import { endpoint } from './define.ts';

const pageSize = z.coerce.number().int().positive().max(LIMITS.pageMax).default(LIMITS.pageDefault);
/** Opaque: `next` of the page before. */
const pageAfter = z.string().max(200).optional();
const sessionParams = z.object({ id: SessionId });
const triggerParams = z.object({ id: TriggerId });

export const KeyKind = z.enum(['user', 'runner', 'join']);
export type KeyKind = z.infer<typeof KeyKind>;

export const KeyView = z.object({
  id: KeyId,
  kind: KeyKind,
  name: z.string(),
  runnerId: RunnerId.optional(),
  createdAt: Instant,
  expiresAt: Instant.optional(),
  lastUsedAt: Instant.optional(),
  /** Set when it works no longer. */
  ended: z.enum(['revoked', 'expired', 'used']).optional(),
});
export type KeyView = z.infer<typeof KeyView>;

export const StartSession = SessionSpec.extend({
  key: RequestKey.optional(),
  parentId: SessionId.optional(),
});
export type StartSession = z.infer<typeof StartSession>;

export const Accepted = z.object({
  /** The message's id in the session's inbox. */
  messageId: z.string(),
  position: z.number().int().positive(),
});

export const API = {
  createSession: endpoint({
    method: 'post',
    path: '/sessions',
    doc: 'Starts a session. The same key returns the same session for ever (200).',
    body: StartSession,
    response: z.object({ id: SessionId, state: SessionState, shareUrl: z.string(), session: SessionView }),
    status: 201,
  }),
  listSessions: endpoint({
    method: 'get',
    path: '/sessions',
    doc: 'Sessions, newest first.',
    query: z.object({
      state: z.enum(['live', 'ended', 'all']).default('all'),
      parent: SessionId.optional(),
      root: SessionId.optional(),
      runner: RunnerId.optional(),
      limit: pageSize,
      after: pageAfter,
    }),
    response: z.object({ sessions: z.array(SessionView), next: z.string().optional() }),
  }),
  getSession: endpoint({
    method: 'get',
    path: '/sessions/:id',
    doc: 'One session.',
    params: sessionParams,
    response: SessionView,
  }),
  getSessionTree: endpoint({
    method: 'get',
    path: '/sessions/:id/tree',
    doc: 'The session with everything below it.',
    params: sessionParams,
    response: SessionTree,
  }),
  readLog: endpoint({
    method: 'get',
    path: '/sessions/:id/log',
    doc: 'Frames of the log after a position, oldest first; with `tail`, the last ones.',
    params: sessionParams,
    query: z.object({
      after: PositionText.optional(),
      limit: z.coerce.number().int().positive().max(LIMITS.logPageMax).default(100),
      tail: z.coerce.number().int().positive().max(LIMITS.logPageMax).optional(),
    }),
    response: z.object({
      frames: z.array(Frame),
      /** Last position of these frames, as `<epoch>-<seq>`: the next `after`. */
      next: z.string(),
      head: Position,
    }),
  }),
  sendMessage: endpoint({
    method: 'post',
    path: '/sessions/:id/inbox',
    doc: 'Puts a prompt into the session’s inbox. Wakes a session that sleeps, and one that ended if its agent can be resumed.',
    params: sessionParams,
    body: z.object({ key: RequestKey.optional(), text: NonEmptyText, deliverAs: DeliverAs.default('followUp') }),
    response: Accepted,
    status: 201,
  }),
  stopSession: endpoint({
    method: 'post',
    path: '/sessions/:id/stop',
    doc: 'Asks the session to stop; with `tree`, everything below it too.',
    params: sessionParams,
    body: z.object({ tree: z.boolean().default(false), strength: StopStrength.default('stop') }),
    response: z.object({ stopping: z.array(SessionId) }),
  }),
  deleteSession: endpoint({
    method: 'delete',
    path: '/sessions/:id',
    doc: 'Deletes an ended session with its log. Its children become roots; its open triggers go to people.',
    params: sessionParams,
    response: z.object({ deleted: SessionId }),
  }),
  listTriggers: endpoint({
    method: 'get',
    path: '/triggers',
    doc: 'Triggers, oldest first.',
    query: z.object({
      state: z.enum(['open', 'escalated', 'closed', 'all']).default('open'),
      session: SessionId.optional(),
      root: SessionId.optional(),
      limit: pageSize,
      after: pageAfter,
    }),
    response: z.object({ triggers: z.array(TriggerView), next: z.string().optional() }),
  }),
  getTrigger: endpoint({
    method: 'get',
    path: '/triggers/:id',
    doc: 'One trigger.',
    params: triggerParams,
    response: TriggerView,
  }),
  respondToTrigger: endpoint({
    method: 'post',
    path: '/triggers/:id/respond',
    doc: 'A person answers, also while it is still with the parent. The first answer counts; the same key gets the same reply.',
    params: triggerParams,
    body: z.object({ key: RequestKey.optional(), response: Text, action: TriggerAction.optional() }),
    response: TriggerView,
  }),
  escalateTrigger: endpoint({
    method: 'post',
    path: '/triggers/:id/escalate',
    doc: 'Takes a trigger from the parent to people.',
    params: triggerParams,
    body: z.object({ key: RequestKey.optional(), context: Text.optional() }),
    response: TriggerView,
  }),
  listRunners: endpoint({
    method: 'get',
    path: '/runners',
    doc: 'Every runner of this namespace.',
    response: z.object({ runners: z.array(RunnerView) }),
  }),
  joinRunner: endpoint({
    method: 'post',
    path: '/runners/join',
    doc: 'Trades a join token (as the bearer) for the runner’s own key. The token works once.',
    body: z.object({ runner: RunnerProfile }),
    response: z.object({ runner: RunnerView, key: z.string(), publicUrl: z.string() }),
    status: 201,
  }),
  createKey: endpoint({
    method: 'post',
    path: '/keys',
    doc: 'Makes a user key or a join token. Its text is shown only in this answer.',
    body: z.object({
      kind: z.enum(['user', 'join']),
      name: Name,
      /** Milliseconds; join tokens default to 30 minutes, user keys to never. */
      expiresInMs: z
        .number()
        .int()
        .positive()
        .max(10 * 365 * 24 * 3600_000)
        .optional(),
    }),
    response: z.object({ key: KeyView, secret: z.string() }),
    status: 201,
  }),
  listKeys: endpoint({
    method: 'get',
    path: '/keys',
    doc: 'Keys and join tokens, without their secrets.',
    response: z.object({ keys: z.array(KeyView) }),
  }),
  revokeKey: endpoint({
    method: 'delete',
    path: '/keys/:id',
    doc: 'Ends a key and the connections that use it.',
    params: z.object({ id: KeyId }),
    response: KeyView,
  }),
  createBackup: endpoint({
    method: 'post',
    path: '/relay/backup',
    doc: 'Copies the embedded store, whole, to a file beside it; the next backup takes its place. A relay on Redis refuses.',
    response: z.object({
      /** On the relay’s machine, for its user only. */
      file: z.string(),
      bytes: z.number().int().nonnegative(),
      at: Instant,
    }),
    status: 201,
  }),
  signIn: endpoint({
    method: 'post',
    path: '/auth/sign-in',
    doc: 'Trades a one-time sign-in code for a cookie. For browsers.',
    body: z.object({ code: z.string().min(4).max(64) }),
    response: z.object({ name: z.string(), expiresAt: Instant }),
  }),
  signOut: endpoint({ method: 'post', path: '/auth/sign-out', doc: 'Ends the cookie.', response: z.object({}) }),
  createSignInCode: endpoint({
    method: 'post',
    path: '/auth/codes',
    doc: 'Makes a one-time sign-in code for a browser.',
    response: z.object({ code: z.string(), expiresAt: Instant }),
    status: 201,
  }),
  whoAmI: endpoint({
    method: 'get',
    path: '/auth/me',
    doc: 'Who this credential is.',
    response: z.object({
      name: z.string(),
      kind: z.enum(['person', 'key']),
      version: z.string(),
      relayId: z.string(),
      volatile: z.boolean(),
    }),
  }),
} as const;

export type Api = typeof API;
