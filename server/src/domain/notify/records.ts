/** What the store keeps of notifications: a person’s wishes and devices, and what is to be shown where. */
import type {
  DeviceId,
  KeyId,
  NotifyEvent,
  NotifyPreferences,
  PushAddress,
  SessionId,
  TriggerId,
} from '@treeline/shared';

/** One person, by id. */
export interface RecipientRecord {
  readonly id: string;
  readonly preferences: NotifyPreferences;
  readonly devices: readonly Device[];
  readonly topic: Topic | null;
  readonly gone: readonly { readonly name: string; readonly at: number; readonly why: string }[];
}

export interface Device {
  readonly id: DeviceId;
  readonly name: string;
  readonly on: boolean;
  readonly address: PushAddress;
  /** What the device shows to prove that a push arrived. A secret, as are the address and its keys. */
  readonly receipt: string;
  /** The sign-in that added it. Once that is revoked, the device gets nothing more. */
  readonly keyId?: KeyId | undefined;
  readonly createdAt: number;
  readonly lastSentAt?: number;
  readonly lastSeenAt?: number;
  /** The first push that was sent since it was last heard of. */
  readonly unseenSince?: number | undefined;
  readonly trouble?: string | undefined;
}

export interface Topic {
  readonly url: string;
  readonly token?: string | undefined;
  readonly lastSentAt?: number;
  readonly trouble?: string | undefined;
}

export type Subject =
  | { readonly kind: 'trigger'; readonly id: TriggerId }
  | { readonly kind: 'session'; readonly id: SessionId };

/**
 * What is wanted on one device, or in a topic, about one subject. The record says what shall be there and what was
 * accepted; the outbox makes the two agree.
 *
 *   wanted shown ──► accepted ──► (reminder: shown again) ──► wanted withdrawn ──► accepted: the record goes
 */
export interface NoticeRecord {
  /** `<subject>:<target>`: one notice for each pair, for ever. */
  readonly id: string;
  readonly subject: Subject;
  readonly recipient: string;
  readonly target: Target;
  readonly event: NotifyEvent;
  readonly want: 'shown' | 'withdrawn';
  /** 0 the first time, 1 the reminder. */
  readonly round: number;
  /** The round that was accepted last. */
  readonly shownRound?: number;
  /** Tries since `want` or `round` changed. */
  readonly attempts: number;
}

export type Target = { readonly channel: 'push'; readonly device: DeviceId } | { readonly channel: 'ntfy' };
