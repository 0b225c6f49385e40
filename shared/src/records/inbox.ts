/** The inbox of a session: everything that goes IN, in the order the store gave it. Positions begin at 1. */
import { z } from 'zod';
import { MessageId, RecordId, SessionId, TriggerId } from '../ids.ts';
import { ErrorCode } from '../errors.ts';
import { DeliverAs, Instant, Reason, StopStrength, Text, TriggerAction, TriggerType } from '../vocabulary.ts';
import { AskOption, PermissionSubject } from './log.ts';

/** Who did something, as people read it later. */
export const Actor = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('person'), name: z.string().max(200) }),
  z.object({ kind: z.literal('session'), id: SessionId }),
  z.object({ kind: z.literal('relay') }),
]);
export type Actor = z.infer<typeof Actor>;

const base = { id: MessageId, at: Instant };

export const InboxItem = z.discriminatedUnion('kind', [
  z.object({ ...base, kind: z.literal('prompt'), text: Text, deliverAs: DeliverAs, from: Actor }),
  /** tell_child: a parent's message. */
  z.object({ ...base, kind: z.literal('tell'), text: Text, deliverAs: DeliverAs, from: Actor }),
  /** A child's trigger, addressed to this session. */
  z.object({
    ...base,
    kind: z.literal('trigger'),
    triggerId: TriggerId,
    type: TriggerType,
    child: SessionId,
    childTitle: z.string(),
    text: Text,
    options: z.array(AskOption).optional(),
    permission: PermissionSubject.optional(),
    reason: Reason.optional(),
    deliverAs: DeliverAs,
  }),
  /** A trigger addressed to this session needs it no longer: somebody else answered, it expired, the child is gone. */
  z.object({ ...base, kind: z.literal('trigger_closed'), triggerId: TriggerId, how: Text }),
  /** How this session's own trigger ended. Only `answered` carries a response: nobody's answer is ever made up. */
  z.object({
    ...base,
    kind: z.literal('answer'),
    triggerId: TriggerId,
    outcome: z.enum(['answered', 'expired', 'cancelled']),
    response: Text.optional(),
    action: TriggerAction.optional(),
    by: Actor,
  }),
  /** A fact in this session's log was refused; nothing of it happened. */
  z.object({
    ...base,
    kind: z.literal('refusal'),
    recordId: RecordId,
    what: z.string(),
    code: ErrorCode,
    message: Text,
  }),
  z.object({ ...base, kind: z.literal('stop'), strength: StopStrength, from: Actor }),
]);
export type InboxItem = z.infer<typeof InboxItem>;
export type InboxKind = InboxItem['kind'];
export type InboxOf<K extends InboxKind> = Extract<InboxItem, { kind: K }>;

/** An item with its place. */
export const InboxEntry = z.object({ position: z.number().int().positive(), item: InboxItem });
export type InboxEntry = z.infer<typeof InboxEntry>;
