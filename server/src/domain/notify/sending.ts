/** One try to make a device or a topic show what is wanted there: claimed before it is sent, settled after. */
import type { DeviceId } from '@treeline/shared';
import type { Draft } from '../draft.ts';
import { forgetNotice, pressingOf, sendTimer, withdraw } from './announce.ts';
import { compose, endWords, type Note } from './compose.ts';
import { changeDevice, changeTopic, dropDevice } from './recipients.ts';
import type { Device, NoticeRecord, RecipientRecord, Topic } from './records.ts';

const MAX_ATTEMPTS = 12;
/** Longer than any request may take, so that a try is not made twice at the same time. */
const TRY_MS = 15_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 30 * 60_000;

/** What is to be sent. */
export type Errand = {
  readonly notice: NoticeRecord;
  /** Null: take it away. */
  readonly note: Note | null;
  readonly why: string;
} & ({ readonly channel: 'push'; readonly device: Device } | { readonly channel: 'ntfy'; readonly topic: Topic });

export type SendResult =
  | { readonly status: 'accepted' }
  /** The address no longer exists. */
  | { readonly status: 'gone'; readonly detail: string }
  /** Not now. */
  | { readonly status: 'later'; readonly detail: string; readonly afterMs?: number | undefined }
  /** Sending it again would be no use. */
  | { readonly status: 'refused'; readonly detail: string };

/** Counts a try and sets the timer for the next one, should this one never be settled. Undefined: nothing to send. */
export function claimNotice(draft: Draft, id: string): Errand | undefined {
  const notice = draft.get('notice', id);
  if (notice === undefined) {
    draft.timer(sendTimer(id), undefined);
    return undefined;
  }
  const recipient = draft.get('recipient', notice.recipient);
  const place = recipient === undefined ? undefined : placeOf(recipient, notice);
  if (recipient === undefined || place === undefined) {
    forgetNotice(draft, id);
    return undefined;
  }
  if (notice.want === 'shown' && pressingOf(draft, notice.subject) === undefined) {
    withdraw(draft, notice);
    return undefined;
  }
  const attempts = notice.attempts + 1;
  draft.put('notice', id, { ...notice, attempts });
  draft.timer(sendTimer(id), draft.now + Math.max(TRY_MS, pauseAfter(attempts)));
  const privacy = recipient.preferences.privacy[notice.target.channel];
  return {
    notice: { ...notice, attempts },
    note: notice.want === 'shown' ? compose(draft, notice.subject, notice.event, privacy) : null,
    why: endWords(draft, notice.subject),
    ...place,
  };
}

export function settleNotice(draft: Draft, tried: NoticeRecord, result: SendResult): void {
  const notice = draft.get('notice', tried.id);
  note(draft, tried, result);
  if (notice === undefined) return;
  const changed = notice.want !== tried.want || notice.round !== tried.round;
  switch (result.status) {
    case 'accepted':
      if (tried.want === 'withdrawn' && !changed) return forgetNotice(draft, notice.id);
      if (tried.want === 'shown') draft.put('notice', notice.id, { ...notice, shownRound: tried.round });
      draft.timer(sendTimer(notice.id), changed ? draft.now : undefined);
      return;
    case 'gone':
      return forgetNotice(draft, notice.id);
    case 'later':
      if (changed) return draft.timer(sendTimer(notice.id), draft.now);
      if (notice.attempts < MAX_ATTEMPTS) {
        const pause = Math.max(pauseAfter(notice.attempts), Math.min(result.afterMs ?? 0, LONGEST_PAUSE_MS));
        return draft.timer(sendTimer(notice.id), draft.now + pause);
      }
      return giveUp(draft, notice);
    case 'refused':
      return changed ? draft.timer(sendTimer(notice.id), draft.now) : giveUp(draft, notice);
  }
}

/** It stays as a record, so that it is not tried again before the next round. */
function giveUp(draft: Draft, notice: NoticeRecord): void {
  if (notice.want === 'withdrawn') forgetNotice(draft, notice.id);
  else draft.timer(sendTimer(notice.id), undefined);
}

/** 2 s, 4 s, 8 s … at most half an hour. */
function pauseAfter(attempts: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1));
}

function placeOf(recipient: RecipientRecord, { target, want }: NoticeRecord) {
  if (target.channel === 'ntfy') {
    return recipient.topic === null ? undefined : ({ channel: 'ntfy', topic: recipient.topic } as const);
  }
  const device = recipient.devices.find(({ id }) => id === target.device);
  if (device === undefined || (want === 'shown' && !device.on)) return undefined;
  return { channel: 'push', device } as const;
}

/** What the person sees of it among their devices. */
function note(draft: Draft, { recipient, target, want }: NoticeRecord, result: SendResult): void {
  if (target.channel === 'ntfy') {
    changeTopic(draft, recipient, (topic) => ({ ...topic, ...sentAt(result, draft.now) }));
  } else if (result.status === 'gone') {
    dropDevice(draft, recipient, target.device, result.detail);
  } else {
    noteSent(draft, { recipient, device: target.device, result, awaited: want === 'shown' });
  }
}

export function noteSent(
  draft: Draft,
  { recipient, device, result, awaited }: { recipient: string; device: DeviceId; result: SendResult; awaited: boolean },
): void {
  changeDevice(draft, recipient, device, (known) => ({
    ...known,
    ...sentAt(result, draft.now),
    ...(result.status === 'accepted' && awaited ? { unseenSince: known.unseenSince ?? draft.now } : {}),
  }));
}

function sentAt(result: SendResult, now: number): { lastSentAt?: number; trouble: string | undefined } {
  return result.status === 'accepted' ? { lastSentAt: now, trouble: undefined } : { trouble: result.detail };
}
