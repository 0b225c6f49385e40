/** What a push may hold. It comes decrypted from the browser, yet nothing of it is believed before it was looked at. */
import type { PushMessage } from '@treeline/shared';
import { isOwn, paths } from '../src/paths.ts';

export function readPush(data: PushMessageData | null): PushMessage | undefined {
  let value: unknown;
  try {
    value = data?.json();
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const message = value as Record<string, unknown>;
  const texts = message['type'] === 'show' ? ['tag', 'title', 'body', 'path'] : ['tag', 'why'];
  const known = message['type'] === 'show' || message['type'] === 'withdraw';
  return known && texts.every((name) => typeof message[name] === 'string') ? (value as PushMessage) : undefined;
}

/** What a notification keeps for when it is pressed. */
export interface Kept {
  readonly tag: string;
  /** A path of the viewer, never another address. */
  readonly path: string;
  readonly answers: readonly string[];
}

export function keptOf(data: unknown): Kept {
  const { tag, path, answers } = (data ?? {}) as Partial<Kept>;
  return {
    tag: typeof tag === 'string' ? tag : '',
    path: isOwn(path) ? path : paths.home,
    answers: Array.isArray(answers) ? answers : [],
  };
}
