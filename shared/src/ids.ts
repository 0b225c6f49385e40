/**
 * Identifiers: `<prefix>_<26 characters>`, 48 bits of milliseconds then 80 random bits in Crockford's base 32
 * (the ULID layout), lower case. They sort by creation time, are made by whoever makes the thing before it is
 * first written, and serve as its idempotency key. Order is never derived from them: that is `(epoch, seq)`.
 */
import { z } from 'zod';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARS = 10;
const RANDOM_CHARS = 16;
const SHORT_CHARS = 6;

/** Every kind of id and its prefix. */
export const ID_PREFIX = {
  session: 'ses',
  trigger: 'trg',
  message: 'msg',
  record: 'rec',
  frame: 'frm',
  runner: 'runner',
  key: 'key',
  person: 'per',
  relay: 'relay',
  request: 'req',
  device: 'dev',
  audit: 'aud',
} as const;

export type IdKind = keyof typeof ID_PREFIX;
export type Id<K extends IdKind = IdKind> = `${(typeof ID_PREFIX)[K]}_${string}`;
export type SessionId = Id<'session'>;
export type TriggerId = Id<'trigger'>;
export type MessageId = Id<'message'>;
export type RecordId = Id<'record'>;
export type FrameId = Id<'frame'>;
export type RunnerId = Id<'runner'>;
export type KeyId = Id<'key'>;
/** A browser that takes pushes. */
export type DeviceId = Id<'device'>;
export type PersonId = Id<'person'>;
export type AuditId = Id<'audit'>;

/** Random bytes, asked for many at a time: one request costs as much as a hundred ids. */
const pool = new Uint8Array(64 * RANDOM_CHARS);
let taken = pool.length;

function takeRandom(): Uint8Array {
  if (taken === pool.length) {
    crypto.getRandomValues(pool);
    taken = 0;
  }
  return pool.subarray(taken, (taken += RANDOM_CHARS));
}

/** Makes a new id of a kind. `now` (ms since 1970) is an input so that tests can order ids. */
export function newId<K extends IdKind>(kind: K, now: number = Date.now()): Id<K> {
  let time = '';
  for (let rest = now, i = 0; i < TIME_CHARS; i++, rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32] + time;
  let random = '';
  for (const byte of takeRandom()) random += ALPHABET[byte & 31];
  return `${ID_PREFIX[kind]}_${time}${random}`;
}

/** When an id was made, ms since 1970, by the clock of whoever made it. */
export function timeOf(id: Id): number {
  const at = id.indexOf('_') + 1;
  let time = 0;
  for (const char of id.slice(at, at + TIME_CHARS)) time = time * 32 + ALPHABET.indexOf(char);
  return time;
}

/** The id of a thing of another kind that exists once for this one: the same, however often it is made. */
export function idFor<K extends IdKind>(kind: K, of: Id): Id<K> {
  return `${ID_PREFIX[kind]}_${of.slice(of.indexOf('_') + 1)}`;
}

/** The end of an id, for people: its random part, since the beginning is only the clock. */
export function shortId(id: string): string {
  return id.slice(-SHORT_CHARS);
}

/** Whether a person's abbreviation names this id: the whole of it, its beginning, or its end (4 characters at least). */
export function matchesId(id: string, abbreviation: string): boolean {
  if (id === abbreviation) return true;
  if (abbreviation.length < 4) return false;
  return id.startsWith(abbreviation) || id.endsWith(abbreviation.toLowerCase());
}

function idSchema<K extends IdKind>(kind: K) {
  const pattern = new RegExp(`^${ID_PREFIX[kind]}_[0-9a-hjkmnp-tv-z]{26}$`);
  return z.custom<Id<K>>((value) => typeof value === 'string' && pattern.test(value), {
    error: `expected an id like ${ID_PREFIX[kind]}_… (26 characters after the underscore)`,
  });
}

export const SessionId = idSchema('session');
export const TriggerId = idSchema('trigger');
export const MessageId = idSchema('message');
export const RecordId = idSchema('record');
export const FrameId = idSchema('frame');
export const RunnerId = idSchema('runner');
export const KeyId = idSchema('key');
export const DeviceId = idSchema('device');
export const PersonId = idSchema('person');
export const AuditId = idSchema('audit');
