/** The record of who did what: one line for each change somebody made or was refused. Written once, never changed. */
import { z } from 'zod';
import { ErrorCode } from '../errors.ts';
import { AuditId, SessionId } from '../ids.ts';
import { Instant } from '../vocabulary.ts';

export const AuditWho = z.object({
  /** What the credential was; `anonymous`: none that is valid was shown. */
  kind: z.enum(['anonymous', 'person', 'key', 'runner', 'session', 'share', 'join']),
  name: z.string().optional(),
  /** The session, runner, key or sign-in. */
  id: z.string().optional(),
});
export type AuditWho = z.infer<typeof AuditWho>;

export const AuditFrom = z.object({
  over: z.enum(['http', 'socket', 'log']),
  /** As the relay saw it, or as a trusted proxy said. */
  address: z.string().optional(),
  requestId: z.string().optional(),
});
export type AuditFrom = z.infer<typeof AuditFrom>;

export const AuditLine = z.object({
  id: AuditId,
  at: Instant,
  who: AuditWho,
  from: AuditFrom,
  /** An action of the authorization table, such as `createSession` or `respondToTrigger`. */
  action: z.string(),
  /** Id of what it was done to. */
  on: z.string().optional(),
  /** Sessions that it concerns. */
  sessions: z.array(SessionId).optional(),
  outcome: z.enum(['done', 'refused']),
  /** Why it was refused. */
  reason: z.object({ code: ErrorCode, message: z.string() }).optional(),
  /** How many alike ones this line stands for, when there were too many to write each. */
  times: z.number().int().positive().optional(),
});
export type AuditLine = z.infer<typeof AuditLine>;
