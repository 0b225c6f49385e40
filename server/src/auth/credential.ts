/** The record behind every credential: keys, join tokens and the sign-ins of browsers. Pure. */
import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import { SCOPES, type KeyId, type KeyKind, type KeyView, type RunnerId, type Scope } from '@treeline/shared';
import type { Principal } from '../domain/principal.ts';

/** Credentials are looked up before a namespace is known, so their records live in one of their own. */
export const SYSTEM_NAMESPACE = 'system';

/** Until there are more tenants than one: where the local key, sign-in codes and join tokens of the relay itself belong. */
export const DEFAULT_NAMESPACE = 'main';

const SECRET_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_CHARS = 40;

export interface Credential {
  readonly id: KeyId;
  /** The namespace that it opens. */
  readonly ns: string;
  /** `sign_in` stands behind a browser's cookie and has no key text. */
  readonly kind: KeyKind | 'sign_in';
  readonly name: string;
  /** HMAC-SHA-256 of the secret, in hex. */
  readonly hash?: string;
  readonly runnerId?: RunnerId;
  /** Of a user key; absent: all, as whoever runs the relay has. */
  readonly scopes?: readonly Scope[];
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly lastUsedAt?: number;
  readonly revokedAt?: number;
  /** A join token that was traded. */
  readonly usedAt?: number;
}

export function newSecret(): string {
  let secret = '';
  for (let i = 0; i < SECRET_CHARS; i++) secret += SECRET_ALPHABET[randomInt(SECRET_ALPHABET.length)];
  return secret;
}

export function hashSecret(pepper: string, id: string, secret: string): string {
  return createHmac('sha256', Buffer.from(pepper, 'base64')).update(`${id}.${secret}`).digest('hex');
}

/** Takes the same time wherever they differ. */
export function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Why it works no longer, or undefined while it does. */
export function endOf(credential: Credential, now: number): KeyView['ended'] {
  if (credential.revokedAt !== undefined) return 'revoked';
  if (credential.usedAt !== undefined) return 'used';
  if (credential.expiresAt !== undefined && credential.expiresAt <= now) return 'expired';
  return undefined;
}

export function principalOf({
  id: keyId,
  ns,
  name,
  kind,
  runnerId,
  scopes = SCOPES,
}: Credential): Principal | undefined {
  switch (kind) {
    case 'user':
      return { kind: 'key', ns, name, keyId, scopes };
    case 'sign_in':
      return { kind: 'person', ns, name, role: 'owner', keyId };
    case 'join':
      return { kind: 'join', ns, name, keyId };
    case 'runner':
      return runnerId === undefined ? undefined : { kind: 'runner', ns, name, keyId, runnerId };
  }
}

export function isKey(credential: Credential): credential is Credential & { kind: KeyKind } {
  return credential.kind !== 'sign_in';
}

export function keyView(credential: Credential & { kind: KeyKind }, now: number): KeyView {
  const { id, kind, name, runnerId, createdAt, expiresAt, lastUsedAt } = credential;
  const ended = endOf(credential, now);
  return {
    id,
    kind,
    name,
    createdAt,
    ...(runnerId === undefined ? {} : { runnerId }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    ...(ended === undefined ? {} : { ended }),
  };
}

/** Indexes of a credential's record: by what lists it, and by the runner whose key it is. */
export function credentialIndexes({ ns, kind, runnerId }: Credential): Record<string, string> {
  return {
    list: credentialList(ns, kind === 'sign_in' ? 'sign_in' : 'key'),
    ...(runnerId === undefined ? {} : { runner: runnerIndex(ns, runnerId) }),
  };
}

export function credentialList(ns: string, what: 'key' | 'sign_in'): string {
  return `${what}:${ns}`;
}

export function runnerIndex(ns: string, runnerId: RunnerId): string {
  return `${ns}:${runnerId}`;
}
