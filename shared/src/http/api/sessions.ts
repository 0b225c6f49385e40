/** Starting, reading, telling and ending sessions. */
import { z } from 'zod';
import { RunnerId, SessionId } from '../../ids.ts';
import { LIMITS } from '../../limits.ts';
import { Frame, Position, PositionText, SessionSpec } from '../../records/log.ts';
import { SessionTree, SessionView } from '../../records/session.ts';
import { DeliverAs, Labels, NonEmptyText, RequestKey, SessionState, StopStrength, Title } from '../../vocabulary.ts';
import { endpoint } from '../define.ts';
import { pageAfter, pageSize } from './page.ts';

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

const params = z.object({ id: SessionId });

export const SESSIONS_API = {
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
    doc: 'Sessions, newest first. Conditions beside the first may make a page shorter than asked for; `next` tells whether there is more.',
    query: z.object({
      state: z.enum(['live', 'ended', 'all']).default('all'),
      parent: SessionId.optional(),
      root: SessionId.optional(),
      runner: RunnerId.optional(),
      /** Words that are all in its title, id, agent, model, folder or labels (`key=value`), in any case. */
      search: z.string().max(LIMITS.titleChars).optional(),
      limit: pageSize,
      after: pageAfter,
    }),
    response: z.object({ sessions: z.array(SessionView), next: z.string().optional() }),
  }),
  getSession: endpoint({
    method: 'get',
    path: '/sessions/:id',
    doc: 'One session.',
    params,
    response: SessionView,
  }),
  getSessionTree: endpoint({
    method: 'get',
    path: '/sessions/:id/tree',
    doc: 'The session with everything below it.',
    params,
    response: SessionTree,
  }),
  readLog: endpoint({
    method: 'get',
    path: '/sessions/:id/log',
    doc: 'Frames of the log after a position, oldest first; with `tail`, the last ones.',
    params,
    query: z.object({
      after: PositionText.optional(),
      limit: z.coerce.number().int().positive().max(LIMITS.logPageMax).default(100),
      tail: z.coerce.number().int().positive().max(LIMITS.logPageMax).optional(),
      /** Of the frames that are read, only those of this kind; `next` goes past the others. */
      kind: Frame.shape.kind.optional(),
    }),
    response: z.object({
      frames: z.array(Frame),
      /** Last position of these frames, as `<epoch>-<seq>`: the next `after`. */
      next: z.string(),
      head: Position,
      /** The last entry that was removed for its age, when entries are missing right before these frames. */
      removed: Position.optional(),
    }),
  }),
  sendMessage: endpoint({
    method: 'post',
    path: '/sessions/:id/inbox',
    doc: 'Puts a prompt into the session’s inbox. Wakes a session that sleeps, and one that ended if its agent can be resumed.',
    params,
    body: z.object({ key: RequestKey.optional(), text: NonEmptyText, deliverAs: DeliverAs.default('followUp') }),
    response: Accepted,
    status: 201,
  }),
  stopSession: endpoint({
    method: 'post',
    path: '/sessions/:id/stop',
    doc: 'Asks the session to stop; with `tree`, everything below it too.',
    params,
    body: z.object({ tree: z.boolean().default(false), strength: StopStrength.default('stop') }),
    response: z.object({ stopping: z.array(SessionId) }),
  }),
  describeSession: endpoint({
    method: 'post',
    path: '/sessions/:id/describe',
    doc: 'Gives a session another title, other labels, or both. Labels are replaced as a whole.',
    params,
    body: z.object({ title: Title.optional(), labels: Labels.optional() }),
    response: SessionView,
  }),
  deleteSession: endpoint({
    method: 'delete',
    path: '/sessions/:id',
    doc: 'Deletes an ended session with its log. Its children become roots; its open triggers go to people.',
    params,
    response: z.object({ deleted: SessionId }),
  }),
} as const;
