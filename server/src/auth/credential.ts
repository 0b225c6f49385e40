/** The record behind every credential: keys, join tokens and the sign-ins of browsers. Pure. */
import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import {
  ROLE_SCOPES,
  SCOPES,
  type KeyId,
  type KeyKind,
  type KeyView,
  type PersonId,
  type RunnerId,
  type Scope,
  type SessionId,
} from '@treeline/shared';
import type { Principal } from '../domain/principal.ts';
import type { PersonRecord } from './person.ts';

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
  /** Whose sign-in this is, or who made the key: it can do no more than they can, and nothing when they are disabled. */
  readonly personId?: PersonId;
  /** What a share link shows. */
  readonly sessionId?: SessionId;
  /** A share link shows what is below, too. */
  readonly tree?: boolean;
  /** A sign-in: how often its refresh token was traded, and when the last time. */
  readonly turn?: number;
  readonly turnedAt?: number;
  /** A sign-in: however much it is used, it ends by then. */
  readonly until?: number;
  /** A sign-in: from where. */
  readonly address?: string;
  /** A runner's key that was made to take the place of this one, which goes on until it was used. */
  readonly replaces?: KeyId;
  /** A runner's key: the one that was made to take its place, and was not used yet. */
  readonly next?: KeyId;
  /** The key that took its place. */
  readonly replacedBy?: KeyId;
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

/**
 * Who a credential stands for, given the person whose it is (undefined when it is nobody's). A key of somebody has the
 * scopes that both it and they have. Undefined when what the record needs is missing.
 */
export function principalOf(credential: Credential, person: PersonRecord | undefined): Principal | undefined {
  const { id: keyId, ns, name, kind, runnerId, sessionId, tree = false, scopes = SCOPES } = credential;
  switch (kind) {
    case 'user':
    case 'hook': {
      if (person === undefined) return { kind: 'key', ns, name, keyId, scopes };
      const theirs = ROLE_SCOPES[person.role];
      const both = scopes.filter((scope) => theirs.includes(scope));
      return { kind: 'key', ns, name: person.name, keyId, scopes: both, personId: person.id };
    }
    case 'sign_in':
      return person && { kind: 'person', ns, name: person.name, id: person.id, role: person.role, keyId };
    case 'join':
      return { kind: 'join', ns, name, keyId };
    case 'share':
      return sessionId && { kind: 'share', ns, name, keyId, sessionId, tree };
    case 'runner':
      return runnerId && { kind: 'runner', ns, name, keyId, runnerId };
  }
}

/** A credential with a text of its own. */
export type KeyCredential = Credential & { readonly kind: KeyKind };

export function isKey(credential: Credential): credential is KeyCredential {
  return credential.kind !== 'sign_in';
}

export function keyView(credential: KeyCredential, now: number): KeyView {
  const { id, kind, name, scopes, runnerId, personId, createdAt, expiresAt, lastUsedAt, replacedBy } = credential;
  const ended = endOf(credential, now);
  return {
    id,
    kind,
    name,
    createdAt,
    ...(kind === 'user' || kind === 'hook' ? { scopes: [...(scopes ?? SCOPES)] } : {}),
    ...(runnerId === undefined ? {} : { runnerId }),
    ...(personId === undefined ? {} : { personId }),
    ...(replacedBy === undefined ? {} : { replacedBy }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    ...(ended === undefined ? {} : { ended }),
  };
}

/** Indexes of a credential's record: what lists it, the runner whose key it is, the person whose it is, the session it shows. */
export function credentialIndexes({ ns, kind, runnerId, personId, sessionId }: Credential): Record<string, string> {
  return {
    list: credentialList(ns, kind === 'sign_in' || kind === 'share' ? kind : 'key'),
    ...(runnerId === undefined ? {} : { runner: runnerIndex(ns, runnerId) }),
    ...(personId === undefined ? {} : { person: personCredentials(personId, kind === 'sign_in' ? 'sign_in' : 'key') }),
    ...(sessionId === undefined ? {} : { share: shareIndex(ns, sessionId) }),
  };
}

export function credentialList(ns: string, what: 'key' | 'sign_in' | 'share'): string {
  return `${what}:${ns}`;
}

export function personCredentials(person: PersonId, what: 'key' | 'sign_in'): string {
  return `${what}:${person}`;
}

export function shareIndex(ns: string, sessionId: SessionId): string {
  return `${ns}:${sessionId}`;
}

export function runnerIndex(ns: string, runnerId: RunnerId): string {
  return `${ns}:${runnerId}`;
}
