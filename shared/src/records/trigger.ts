/** The trigger record: what a child asks or tells, and how that ended. */
import { z } from 'zod';
import { SessionId, TriggerId } from '../ids.ts';
import { Instant, Reason, Text, TriggerAction, TriggerType } from '../vocabulary.ts';
import { Actor } from './inbox.ts';
import { AskOption, PermissionSubject } from './log.ts';

/**
 *   created ──► delivered ──► answered
 *      └────────────┴──► escalated (to people) ──► answered | expired | cancelled
 * `created`, `delivered` and `escalated` are open. A notice (session_complete, session_error) is over once delivered.
 */
export const TriggerState = z.discriminatedUnion('state', [
  /** Stored, and in the parent's inbox. */
  z.object({ state: z.literal('created') }),
  /** On the disk of the parent's runner. */
  z.object({ state: z.literal('delivered'), at: Instant }),
  z.object({ state: z.literal('escalated'), at: Instant, by: Actor, why: z.string(), context: Text.optional() }),
  z.object({
    state: z.literal('answered'),
    at: Instant,
    by: Actor,
    response: Text,
    action: TriggerAction.optional(),
    /** Receipts: on the disk of the child's runner, and in the agent's turn. */
    onRunnerAt: Instant.optional(),
    resumedAt: Instant.optional(),
    /** Where the answer stands in the child's inbox. */
    inboxPosition: z.number().int().positive().optional(),
  }),
  z.object({ state: z.literal('expired'), at: Instant }),
  z.object({ state: z.literal('cancelled'), at: Instant, why: z.string() }),
  z.object({ state: z.literal('failed'), at: Instant, why: z.string() }),
]);
export type TriggerState = z.infer<typeof TriggerState>;

export const Trigger = z.object({
  id: TriggerId,
  type: TriggerType,
  /** The child it comes from. */
  sessionId: SessionId,
  /** The parent that it is for, and that is told how it ends, even once it has gone to people; null: there is none. */
  parentId: SessionId.nullable(),
  rootId: SessionId,
  title: z.string(),
  text: Text,
  options: z.array(AskOption).optional(),
  permission: PermissionSubject.optional(),
  reason: Reason.optional(),
  state: TriggerState,
  createdAt: Instant,
  /** When it goes to people unless somebody answers before; absent once it has. */
  escalatesAt: Instant.optional(),
  expiresAt: Instant.optional(),
  /** A person put it off until then; it stays open, and comes back by itself. */
  snoozedUntil: Instant.optional(),
});
export type Trigger = z.infer<typeof Trigger>;

export function isOpen(trigger: Pick<Trigger, 'state' | 'type'>): boolean {
  const { state } = trigger.state;
  if (state === 'created' || state === 'escalated') return true;
  return state === 'delivered' && trigger.type !== 'session_complete' && trigger.type !== 'session_error';
}

export const TriggerView = Trigger.extend({
  /** Titles from the root down to the session that asks. */
  path: z.array(z.object({ id: SessionId, title: z.string() })),
  runnerName: z.string().optional(),
});
export type TriggerView = z.infer<typeof TriggerView>;
