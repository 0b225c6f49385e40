/** What a due timer does. Timers fire at least once, so each looks at the record again before it acts. */
import type { RunnerId, SessionId, TriggerId } from '@treeline/shared';
import { isOpen } from '@treeline/shared';
import type { Draft, TimerRef } from './draft.ts';
import { announceDue } from './notify/announce.ts';
import { copyGone, presenceDue } from './presence.ts';
import { retireDue } from './retiring.ts';
import { escalate, expire, snooze } from './triggers.ts';

export function timerDue(draft: Draft, timer: TimerRef): void {
  // What goes to the world outside is the outbox’s, which sets and clears these itself.
  if (timer.name === 'send') return;
  draft.timer(timer, undefined);
  if (timer.name === 'notify') {
    const { kind, id } = timer;
    if (kind === 'trigger') announceDue(draft, { kind, id: id as TriggerId });
    if (kind === 'session') announceDue(draft, { kind, id: id as SessionId });
    return;
  }
  if (timer.kind === 'runner') {
    if (timer.name === 'copy') copyGone(draft, timer.id as RunnerId);
    else presenceDue(draft, timer.id as RunnerId);
    return;
  }
  if (timer.kind === 'session') {
    retireDue(draft, timer.id as SessionId);
    return;
  }
  const trigger = draft.get('trigger', timer.id as TriggerId);
  if (trigger === undefined || !isOpen(trigger)) return;
  if (timer.name === 'expire') expire(draft, trigger);
  else if (timer.name === 'snooze') snooze(draft, trigger, null);
  else if (trigger.state.state !== 'escalated')
    escalate(draft, trigger, { by: { kind: 'relay' }, why: 'its parent did not answer in time' });
}
