/**
 * The life of a trigger. Every transition is here, and each keeps three things together: the trigger, the list of open
 * triggers at the session that asks, and the inbox of whoever has to know.
 *
 *   created ──► delivered ──► answered
 *      └────────────┴──► escalated ──► answered | expired | cancelled
 */
import type { Actor, Ask, SessionId, TriggerAction, TriggerId } from '@treeline/shared';
import { idFor, isBlocking, isLive, isOpen, TreelineError } from '@treeline/shared';
import { nameOf } from './actor-name.ts';
import type { Draft } from './draft.ts';
import { deliver } from './inbox.ts';
import type { SessionRecord, TriggerRecord } from './records.ts';
import { closeTimers, forget, mustBeOpen, refuseKnown, save, tellParent, withoutDeadline } from './trigger-keeping.ts';

export interface TriggerTimes {
  /** A question to a parent whose runner is offline goes to people after this, ms. */
  readonly escalateAfterMs: number;
  /** A question that a live parent leaves unanswered goes to people after this, ms. */
  readonly unansweredAfterMs: number;
  readonly triggerExpiryMs: number;
  /** An ended session is forgotten after this, ms; 0 or absent: never. */
  readonly keepEndedMs?: number;
}

const RELAY: Actor = { kind: 'relay' };

/**
 * A session asks: to its parent, or to people when there is none that could answer. `again`: a store that had lost the
 * question has it again. It goes to people at once, since who had it before, and how far that came, is lost; a parent that
 * was shown it may still answer.
 */
export function openAsk(
  draft: Draft,
  child: SessionRecord,
  input: { triggerId: TriggerId; ask: Ask; times: TriggerTimes; again?: { readonly askedAt: number } },
): TriggerRecord {
  const { triggerId, ask, times, again } = input;
  refuseKnown(draft, triggerId);
  const expiresAt = draft.now + (ask.expiresInMs ?? times.triggerExpiryMs);
  const trigger: TriggerRecord = {
    id: triggerId,
    type: ask.type,
    sessionId: child.id,
    parentId: child.parentId,
    rootId: child.rootId,
    title: child.title,
    text: ask.text,
    ...(ask.options === undefined ? {} : { options: ask.options }),
    ...(ask.permission === undefined ? {} : { permission: ask.permission }),
    state: { state: 'created' },
    createdAt: again?.askedAt ?? draft.now,
    expiresAt,
  };
  draft.patch(child, { open: [...child.open, { id: triggerId, escalated: false }] });
  draft.timer({ kind: 'trigger', id: triggerId, name: 'expire' }, expiresAt);
  if (again !== undefined) return goToPeople(draft, trigger, { by: RELAY, why: 'the relay had lost its store' });
  return route(draft, trigger, child, { patienceMs: ask.escalateAfterMs, times });
}

/** What the relay itself tells a parent about the end of a child. */
export function openNotice(
  draft: Draft,
  child: SessionRecord,
  input: {
    triggerId: TriggerId;
    type: 'session_complete' | 'session_error';
    text: string;
    reason: TriggerRecord['reason'];
    times: TriggerTimes;
  },
): void {
  const { triggerId, type, text, reason, times } = input;
  if (child.parentId === null || draft.get('trigger', triggerId) !== undefined) return;
  // Whoever stopped a tree need not be told of each branch.
  const parent = draft.get('session', child.parentId);
  if (reason === 'cancelled' && (parent === undefined || !isLive(parent))) return;
  const trigger: TriggerRecord = {
    id: triggerId,
    type,
    sessionId: child.id,
    parentId: child.parentId,
    rootId: child.rootId,
    title: child.title,
    text,
    ...(reason === undefined ? {} : { reason }),
    state: { state: 'created' },
    createdAt: draft.now,
  };
  route(draft, trigger, child, { patienceMs: undefined, times });
}

/** To the parent's inbox if the parent can still act, else to people. */
function route(
  draft: Draft,
  trigger: TriggerRecord,
  child: SessionRecord,
  { patienceMs, times }: { patienceMs: number | undefined; times: TriggerTimes },
): TriggerRecord {
  const parent = trigger.parentId === null ? undefined : draft.get('session', trigger.parentId);
  if (parent === undefined || !isLive(parent)) {
    const why =
      trigger.parentId === null
        ? 'it has no parent'
        : parent === undefined
          ? 'its parent was deleted'
          : 'its parent has ended';
    return goToPeople(draft, trigger, { by: RELAY, why });
  }
  const online = draft.get('runner', parent.runnerId)?.presence.state === 'online';
  const blocking = isBlocking(trigger.type);
  const escalatesAt = blocking
    ? draft.now + (patienceMs ?? (online ? times.unansweredAfterMs : times.escalateAfterMs))
    : undefined;
  const kept: TriggerRecord = escalatesAt === undefined ? trigger : { ...trigger, escalatesAt };
  save(draft, kept);
  if (escalatesAt !== undefined) draft.timer({ kind: 'trigger', id: kept.id, name: 'escalate' }, escalatesAt);
  deliver(draft, parent, {
    kind: 'trigger',
    id: idFor('message', kept.id),
    triggerId: kept.id,
    type: kept.type,
    child: child.id,
    childTitle: child.title,
    text: kept.text,
    ...(kept.options === undefined ? {} : { options: kept.options }),
    ...(kept.permission === undefined ? {} : { permission: kept.permission }),
    ...(kept.reason === undefined ? {} : { reason: kept.reason }),
    deliverAs: blocking ? 'steer' : 'followUp',
  });
  return kept;
}

/** The parent's runner has it on disk. A notice is over by that. */
export function markDelivered(draft: Draft, id: TriggerId, to: SessionId): void {
  const trigger = draft.get('trigger', id);
  if (trigger?.state.state !== 'created' || trigger.parentId !== to) return;
  save(draft, { ...trigger, state: { state: 'delivered', at: draft.now } });
}

/** The first answer wins. Throws already_answered, child_gone or trigger_closed for any other. */
export function answer(
  draft: Draft,
  trigger: TriggerRecord,
  input: { by: Actor; response: string; action: TriggerAction | undefined },
): TriggerRecord {
  const { by, response, action } = input;
  mustBeOpen(trigger);
  const child = draft.get('session', trigger.sessionId);
  if (child === undefined)
    throw new TreelineError(
      'child_gone',
      `Failed: child gone. The session that asked ("${trigger.title}") was deleted`,
    );
  if (isBlocking(trigger.type) && !isLive(child))
    throw new TreelineError('child_gone', `Failed: child gone. "${trigger.title}" has ended`);
  closeTimers(draft, trigger);
  const receipt = isBlocking(trigger.type)
    ? deliver(draft, child, {
        kind: 'answer',
        id: idFor('message', trigger.id),
        triggerId: trigger.id,
        outcome: 'answered',
        response,
        ...(action === undefined ? {} : { action }),
        by,
      })
    : undefined;
  const answered: TriggerRecord = {
    ...withoutDeadline(trigger),
    state: {
      state: 'answered',
      at: draft.now,
      by,
      response,
      ...(action === undefined ? {} : { action }),
      ...(receipt === undefined ? { resumedAt: draft.now } : { inboxPosition: receipt.position }),
    },
  };
  save(draft, answered);
  forget(draft, answered);
  if (by.kind !== 'session') tellParent(draft, trigger, `${nameOf(by)} answered it: ${response}`);
  return answered;
}

/** From the parent to people. Escalating again adds the context; nothing else changes. */
export function escalate(
  draft: Draft,
  trigger: TriggerRecord,
  input: { by: Actor; why: string; context?: string | undefined },
): TriggerRecord {
  mustBeOpen(trigger);
  if (trigger.state.state === 'escalated' && input.context === undefined) return trigger;
  const escalated = goToPeople(draft, trigger, input);
  if (input.by.kind !== 'session') tellParent(draft, trigger, `it went to people: ${input.why}`);
  return escalated;
}

function goToPeople(
  draft: Draft,
  trigger: TriggerRecord,
  input: { by: Actor; why: string; context?: string | undefined },
): TriggerRecord {
  const { by, why, context } = input;
  const escalated: TriggerRecord = {
    ...withoutDeadline(trigger),
    state: { state: 'escalated', at: draft.now, by, why, ...(context === undefined ? {} : { context }) },
  };
  save(draft, escalated);
  draft.timer({ kind: 'trigger', id: trigger.id, name: 'escalate' }, undefined);
  const child = draft.get('session', trigger.sessionId);
  if (child?.open.some(({ id }) => id === trigger.id) === true) {
    draft.patch(child, {
      open: child.open.map((open) => (open.id === trigger.id ? { id: open.id, escalated: true } : open)),
    });
  }
  return escalated;
}

/** A person puts off what waits for people, or brings it back with null. It stays open and expires as before. */
export function snooze(draft: Draft, trigger: TriggerRecord, until: number | null): TriggerRecord {
  mustBeOpen(trigger);
  if (until !== null && trigger.state.state !== 'escalated')
    throw new TreelineError('conflict', `${trigger.id} is still with its parent; take it over first`);
  const { snoozedUntil: _, ...rest } = trigger;
  const later = until !== null && until > draft.now;
  const next: TriggerRecord = later ? { ...rest, snoozedUntil: until } : rest;
  save(draft, next);
  draft.timer({ kind: 'trigger', id: trigger.id, name: 'snooze' }, later ? until : undefined);
  return next;
}

/** Nobody answered in time. The child learns just that. */
export function expire(draft: Draft, trigger: TriggerRecord): void {
  if (!isOpen(trigger)) return;
  closeTimers(draft, trigger);
  const over: TriggerRecord = { ...withoutDeadline(trigger), state: { state: 'expired', at: draft.now } };
  save(draft, over);
  forget(draft, over);
  const child = draft.get('session', trigger.sessionId);
  if (child !== undefined && isLive(child))
    deliver(draft, child, {
      kind: 'answer',
      id: idFor('message', trigger.id),
      triggerId: trigger.id,
      outcome: 'expired',
      by: RELAY,
    });
  tellParent(draft, trigger, 'it expired');
}

/** The session no longer waits for it, or is gone. */
export function cancel(draft: Draft, trigger: TriggerRecord, why: string): void {
  if (!isOpen(trigger)) return;
  closeTimers(draft, trigger);
  const over: TriggerRecord = { ...withoutDeadline(trigger), state: { state: 'cancelled', at: draft.now, why } };
  save(draft, over);
  forget(draft, over);
  tellParent(draft, trigger, `it was withdrawn: ${why}`);
}

/** The agent has the answer. */
export function markResumed(draft: Draft, id: TriggerId, consumed: number): void {
  const trigger = draft.get('trigger', id);
  if (trigger?.state.state !== 'answered' || trigger.state.resumedAt !== undefined) return;
  if ((trigger.state.inboxPosition ?? 0) > consumed) return;
  save(draft, {
    ...trigger,
    state: { ...trigger.state, onRunnerAt: trigger.state.onRunnerAt ?? draft.now, resumedAt: draft.now },
  });
}

/** The answer is on the disk of the child's runner. */
export function markOnRunner(draft: Draft, id: TriggerId, child: SessionId): void {
  const trigger = draft.get('trigger', id);
  if (trigger?.state.state !== 'answered' || trigger.state.onRunnerAt !== undefined || trigger.sessionId !== child)
    return;
  save(draft, { ...trigger, state: { ...trigger.state, onRunnerAt: draft.now } });
}

/** Everything that still waits for a session that can no longer answer goes to people. */
export function escalateIncoming(draft: Draft, parent: SessionId, why: string): void {
  for (const id of draft.list('trigger', 'openTo', parent)) {
    const trigger = draft.get('trigger', id);
    if (trigger !== undefined && isOpen(trigger) && trigger.state.state !== 'escalated')
      goToPeople(draft, trigger, { by: RELAY, why });
  }
}
