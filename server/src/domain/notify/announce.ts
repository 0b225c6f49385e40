/**
 * What people are to be told about a trigger or a session, decided anew each time its `notify` timer fires: what has just
 * become due is wanted on screens, the timer is set for what comes next, and what no longer presses is taken away.
 */
import { isOpen, type NotifyChannel, type NotifyEvent, type NotifyPreferences } from '@treeline/shared';
import type { Draft } from '../draft.ts';
import { ALL, type World } from '../world.ts';
import { afterQuiet } from './quiet.ts';
import type { NoticeRecord, RecipientRecord, Subject, Target } from './records.ts';

const MINUTE_MS = 60_000;

export interface Pressing {
  readonly event: NotifyEvent;
  /** ms since 1970. */
  readonly since: number;
}

export const notifyTimer = ({ kind, id }: Subject) => ({ kind, id, name: 'notify' }) as const;
export const sendTimer = (id: string) => ({ kind: 'notice', id, name: 'send' }) as const;

/** Something about it may press, or no longer: looked at by the pump as soon as this is committed. */
export function announce(draft: Draft, subject: Subject): void {
  draft.timer(notifyTimer(subject), draft.now);
}

/** Why people should know of it now; undefined when there is nothing, or nothing any more. */
export function pressingOf(world: World, subject: Subject): Pressing | undefined {
  if (subject.kind === 'session') {
    const session = world.get('session', subject.id);
    if (session?.parentId !== null || session.lifecycle.state !== 'ended') return undefined;
    const { outcome, since } = session.lifecycle;
    // That it was stopped on purpose is no news.
    return outcome === 'cancelled' ? undefined : { event: outcome === 'completed' ? 'completed' : 'failed', since };
  }
  const trigger = world.get('trigger', subject.id);
  if (trigger?.state.state !== 'escalated' || !isOpen(trigger) || trigger.snoozedUntil !== undefined) return undefined;
  const since = trigger.state.at;
  if (trigger.type === 'session_complete') return { event: 'completed', since };
  if (trigger.type !== 'session_error') return { event: 'needs_you', since };
  return trigger.reason === 'cancelled' ? undefined : { event: 'failed', since };
}

/** When it is shown in a channel: the first time, and the reminder. */
export function roundTimes(channel: NotifyChannel, preferences: NotifyPreferences, pressing: Pressing): number[] {
  const { remindAfterMin, laterAfterMin, quiet } = preferences;
  const { event, since } = pressing;
  const reminds = channel === 'push' && event === 'needs_you' && remindAfterMin > 0;
  const times: Readonly<Record<string, readonly number[]>> = {
    off: [],
    now: reminds ? [since, since + remindAfterMin * MINUTE_MS] : [since],
    later: [since + laterAfterMin * MINUTE_MS],
  };
  return (times[preferences[channel][event]] ?? []).map((at) => afterQuiet(at, quiet));
}

export function announceDue(draft: Draft, subject: Subject): void {
  const pressing = pressingOf(draft, subject);
  if (pressing === undefined) {
    for (const id of draft.list('notice', 'subject', subject.id)) {
      const notice = draft.get('notice', id);
      if (notice !== undefined) withdraw(draft, notice);
    }
    return;
  }
  let next = Infinity;
  for (const id of draft.list('recipient', ALL, ALL)) {
    const recipient = draft.get('recipient', id);
    if (recipient === undefined) continue;
    for (const target of targetsOf(recipient)) {
      const times = roundTimes(target.channel, recipient.preferences, pressing);
      const round = times.findLastIndex((at) => at <= draft.now);
      if (round >= 0) want(draft, { subject, recipient: id, target, event: pressing.event, round });
      next = Math.min(next, ...times.filter((at) => at > draft.now));
    }
  }
  if (next < Infinity) draft.timer(notifyTimer(subject), next);
}

function targetsOf({ devices, topic }: RecipientRecord): Target[] {
  const pushes = devices.filter(({ on }) => on).map(({ id }): Target => ({ channel: 'push', device: id }));
  return topic === null ? pushes : [...pushes, { channel: 'ntfy' }];
}

type Wanted = Pick<NoticeRecord, 'subject' | 'recipient' | 'target' | 'event' | 'round'>;

function want(draft: Draft, wanted: Wanted): void {
  const { subject, recipient, target, round } = wanted;
  const id = `${subject.id}:${target.channel === 'push' ? target.device : `ntfy:${recipient}`}`;
  const known = draft.get('notice', id);
  if (known?.want === 'shown' && known.round >= round) return;
  const shownRound = known?.shownRound;
  draft.put('notice', id, {
    ...wanted,
    id,
    want: 'shown',
    attempts: 0,
    ...(shownRound === undefined ? {} : { shownRound }),
  });
  draft.timer(sendTimer(id), draft.now);
}

/** Takes it away where it may have been shown. */
export function withdraw(draft: Draft, notice: NoticeRecord): void {
  if (notice.want === 'withdrawn') return;
  if (notice.shownRound === undefined && notice.attempts === 0) {
    forgetNotice(draft, notice.id);
    return;
  }
  draft.put('notice', notice.id, { ...notice, want: 'withdrawn', attempts: 0 });
  draft.timer(sendTimer(notice.id), draft.now);
}

export function forgetNotice(draft: Draft, id: string): void {
  draft.remove('notice', id);
  draft.timer(sendTimer(id), undefined);
}
