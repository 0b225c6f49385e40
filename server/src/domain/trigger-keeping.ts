/** What keeps a trigger, the session that asks, its parent's inbox and the timers in step, whichever way a trigger goes. */
import type { TriggerId, TriggerType } from '@treeline/shared';
import { isBlocking, isLive, isOpen, TreelineError } from '@treeline/shared';
import { nameOf } from './actor-name.ts';
import type { Draft } from './draft.ts';
import { deliver } from './inbox.ts';
import { announce } from './notify/announce.ts';
import type { TriggerRecord } from './records.ts';

/** Throws already_answered, child_gone or trigger_closed. */
export function mustBeOpen(trigger: TriggerRecord): void {
  if (isOpen(trigger)) return;
  const { state } = trigger;
  if (state.state === 'answered') {
    throw new TreelineError('already_answered', `${nameOf(state.by)} answered ${trigger.id} first: ${state.response}`);
  }
  if (state.state === 'cancelled' && state.why === CHILD_GONE) {
    throw new TreelineError('child_gone', `Failed: child gone. "${trigger.title}" has ended`);
  }
  const how = state.state === 'cancelled' || state.state === 'failed' ? `${state.state} (${state.why})` : state.state;
  throw new TreelineError('trigger_closed', `${trigger.id} is ${how}`);
}

/** Why the open triggers of a session that ends are cancelled. */
export const CHILD_GONE = 'the session that asked has ended';

export function refuseKnown(draft: Draft, id: TriggerId): void {
  if (draft.get('trigger', id) !== undefined) throw new TreelineError('conflict', `There is a trigger ${id} already`);
}

/** Writes it, and tells of it. */
export function save(draft: Draft, trigger: TriggerRecord): void {
  const waited = draft.get('trigger', trigger.id)?.state.state === 'escalated';
  // What begins or ceases to wait for people is told to them, or taken back.
  if (waited || trigger.state.state === 'escalated') announce(draft, { kind: 'trigger', id: trigger.id });
  draft.put('trigger', trigger.id, trigger);
  draft.tell({ type: 'trigger', id: trigger.id, over: !isOpen(trigger) });
}

/** The session that asked waits for it no longer. */
export function forget(draft: Draft, trigger: TriggerRecord): void {
  const child = draft.get('session', trigger.sessionId);
  if (child?.open.some(({ id }) => id === trigger.id) === true) {
    draft.patch(child, { open: child.open.filter(({ id }) => id !== trigger.id) });
  }
}

/** That a question in its inbox is settled otherwise. */
export function tellParent(draft: Draft, trigger: TriggerRecord, how: string): void {
  if (trigger.parentId === null || !isBlocking(trigger.type as TriggerType)) return;
  const parent = draft.get('session', trigger.parentId);
  if (parent === undefined || !isLive(parent)) return;
  deliver(draft, parent, { kind: 'trigger_closed', triggerId: trigger.id, how });
}

export function closeTimers(draft: Draft, trigger: TriggerRecord): void {
  draft.timer({ kind: 'trigger', id: trigger.id, name: 'escalate' }, undefined);
  draft.timer({ kind: 'trigger', id: trigger.id, name: 'expire' }, undefined);
  if (trigger.snoozedUntil !== undefined) draft.timer({ kind: 'trigger', id: trigger.id, name: 'snooze' }, undefined);
}

/** Nobody is waited for any more, by itself. */
export function withoutDeadline(trigger: TriggerRecord): TriggerRecord {
  const { escalatesAt: _, snoozedUntil: _snoozed, ...rest } = trigger;
  return rest;
}
