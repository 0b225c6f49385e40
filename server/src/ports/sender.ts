/** Sending a notification to the world outside. A sender never throws for what a push service or server answers. */
import type { PushMessage } from '@treeline/shared';
import type { Note } from '../domain/notify/compose.ts';
import type { Device, Topic } from '../domain/notify/records.ts';
import type { SendResult } from '../domain/notify/sending.ts';

export interface PushErrand {
  readonly to: Pick<Device, 'address'>;
  readonly message: PushMessage;
}

export interface TopicErrand {
  readonly to: Pick<Topic, 'url' | 'token'>;
  /** Null: it is over. */
  readonly note: Note | null;
  /** Names the notification, so that a later one takes its place. */
  readonly tag: string;
  readonly why: string;
}

export interface Sender {
  /** The relay's VAPID key, base64url. */
  readonly publicKey: string;
  /** Why this address may not be sent to; undefined when it may. */
  refusal(address: string): string | undefined;
  push(errand: PushErrand): Promise<SendResult>;
  topic(errand: TopicErrand): Promise<SendResult>;
}
