/** Notifications: what a person wants to be told, where, and how it went. */
import { z } from 'zod';
import { DeviceId } from '../ids.ts';
import { Instant } from '../vocabulary.ts';

/**
 * needs_you: a question, plan or permission of any depth waits for people. failed: a root failed or was lost, or an error
 * below found no parent. completed: the same for a good end.
 */
export const NotifyEvent = z.enum(['needs_you', 'failed', 'completed']);
export type NotifyEvent = z.infer<typeof NotifyEvent>;

/** push: the browsers that take pushes. ntfy: one topic of an ntfy-compatible server. */
export const NotifyChannel = z.enum(['push', 'ntfy']);
export type NotifyChannel = z.infer<typeof NotifyChannel>;

/** `later`: only if it is still so after `laterAfterMin`. */
export const Promptness = z.enum(['off', 'now', 'later']);
export type Promptness = z.infer<typeof Promptness>;

/** title: the name of the tree and nothing an agent wrote. full: also the question. */
export const Privacy = z.enum(['title', 'full']);
export type Privacy = z.infer<typeof Privacy>;

const Row = z.object({ needs_you: Promptness, failed: Promptness, completed: Promptness });
const DAY_MINUTES = 24 * 60;
const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected HH:MM');

/** Nothing rings between the two, by the clock of the zone; what still waits at the end does then. */
export const QuietHours = z.object({ from: ClockTime, to: ClockTime, zone: z.string().min(1).max(64) });
export type QuietHours = z.infer<typeof QuietHours>;

export const NotifyPreferences = z.object({
  push: Row,
  ntfy: Row,
  /** A push that nobody reacted to comes once more after this; 0: never. */
  remindAfterMin: z.number().int().min(0).max(DAY_MINUTES),
  laterAfterMin: z.number().int().min(1).max(DAY_MINUTES),
  quiet: QuietHours.nullable(),
  /** A push is encrypted for its device; an ntfy server reads what it passes on. */
  privacy: z.object({ push: Privacy, ntfy: Privacy }),
});
export type NotifyPreferences = z.infer<typeof NotifyPreferences>;

export const DEFAULT_PREFERENCES: NotifyPreferences = {
  push: { needs_you: 'now', failed: 'now', completed: 'off' },
  ntfy: { needs_you: 'later', failed: 'later', completed: 'off' },
  remindAfterMin: 10,
  laterAfterMin: 30,
  quiet: null,
  privacy: { push: 'full', ntfy: 'title' },
};

const base64Url = (chars: number) => z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${chars}}={0,2}$`));

/** What a browser's PushManager gives, as its toJSON() writes it. */
export const PushAddress = z.object({
  endpoint: z.url({ protocol: /^https?$/ }).max(2048),
  /** A P-256 point, and 16 bytes. */
  keys: z.object({ p256dh: base64Url(87), auth: base64Url(22) }),
});
export type PushAddress = z.infer<typeof PushAddress>;

export const DeviceName = z.string().trim().min(1).max(63);

export const DeviceView = z.object({
  id: DeviceId,
  name: z.string(),
  on: z.boolean(),
  /** Host of its push service. */
  service: z.string(),
  createdAt: Instant,
  lastSentAt: Instant.optional(),
  /** When it last said that a push had arrived. */
  lastSeenAt: Instant.optional(),
  /** The first push since then that it was sent. */
  unseenSince: Instant.optional(),
  /** Why the last push could not be sent. */
  trouble: z.string().optional(),
});
export type DeviceView = z.infer<typeof DeviceView>;

export const TopicView = z.object({
  url: z.string(),
  hasToken: z.boolean(),
  lastSentAt: Instant.optional(),
  trouble: z.string().optional(),
});
export type TopicView = z.infer<typeof TopicView>;

export const NotificationsView = z.object({
  /** VAPID key of this relay, for PushManager.subscribe. */
  publicKey: z.string(),
  preferences: NotifyPreferences,
  devices: z.array(DeviceView),
  topic: TopicView.nullable(),
  /** Devices that were removed because their push service no longer knows them, newest first. */
  gone: z.array(z.object({ name: z.string(), at: Instant, why: z.string() })),
});
export type NotificationsView = z.infer<typeof NotificationsView>;

/** What travels in a push, encrypted for its device. */
export const PushMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('show'),
    /** Replaces what was shown under the same tag: the id of the trigger or session. */
    tag: z.string(),
    title: z.string(),
    body: z.string(),
    /** Path of the viewer. */
    path: z.string(),
    at: Instant,
    /** It rings again although it is shown already. */
    again: z.boolean(),
    /** Answers that one press on the notification gives, at most two. */
    answers: z.array(z.string()),
    device: DeviceId,
    /** Proves to the relay that it arrived there. */
    receipt: z.string(),
    /** How many things wait for people. */
    waiting: z.number().int(),
  }),
  z.object({
    type: z.literal('withdraw'),
    tag: z.string(),
    /** How it ended, for where it cannot be taken away. */
    why: z.string(),
    device: DeviceId,
    receipt: z.string(),
    waiting: z.number().int(),
  }),
]);
export type PushMessage = z.infer<typeof PushMessage>;
