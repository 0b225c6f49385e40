/** The record of a person. Pure. */
import type { PersonId, PersonView, Role } from '@treeline/shared';

export interface Passkey {
  /** As the authenticator made it, in base64url. */
  readonly id: string;
  /** COSE, in base64url. */
  readonly publicKey: string;
  /** Grows with each use at authenticators that count. */
  readonly counter: number;
  readonly transports: readonly string[];
  /** The host name that it is bound to. */
  readonly host: string;
  readonly name: string;
  readonly createdAt: number;
  readonly lastUsedAt?: number;
}

export interface PersonRecord {
  readonly id: PersonId;
  readonly ns: string;
  /** Unique in its namespace, whatever the case. */
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly disabledAt?: number;
  /** As passwords.ts writes it. */
  readonly password?: string;
  readonly passkeys: readonly Passkey[];
  /** Who this is at the OIDC provider: `issuer subject`. */
  readonly oidc?: string;
}

export function personView(person: PersonRecord): PersonView {
  const { id, name, role, createdAt, disabledAt, password, passkeys } = person;
  return {
    id,
    name,
    role,
    createdAt,
    ...(disabledAt === undefined ? {} : { disabledAt }),
    hasPassword: password !== undefined,
    passkeys: passkeys.length,
  };
}

export function isEnabled(person: PersonRecord): boolean {
  return person.disabledAt === undefined;
}

export function personIndexes({ ns, passkeys, oidc }: PersonRecord): Record<string, string | string[]> {
  return {
    ns,
    ...(passkeys.length === 0 ? {} : { passkey: passkeys.map(({ id }) => id) }),
    ...(oidc === undefined ? {} : { oidc }),
  };
}

/** The record that keeps a name for one person. */
export function nameRecord(ns: string, name: string): string {
  return `name:${ns}:${foldName(name)}`;
}

export function foldName(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}

/** Whether they may let others in. */
export function isLeader(person: PersonRecord): boolean {
  return person.role === 'owner' && isEnabled(person);
}
