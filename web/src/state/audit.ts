/** The record of who did what, in words. */
import { type AuditLine, NONE_SENT } from '@treeline/shared';
import { AUDIT_WORDS } from './audit-words.ts';

const KINDS: Readonly<Record<AuditLine['who']['kind'], string>> = {
  anonymous: 'Somebody unknown',
  person: 'Somebody',
  key: 'A key',
  runner: 'A runner',
  session: 'A session',
  share: 'A share link',
  join: 'A join token',
};

/** `ann`, `A session …c2m`: a name where there is one. */
export function whoText({ kind, name, id }: AuditLine['who']): string {
  if (name !== undefined) return kind === 'person' || kind === 'key' ? name : `${KINDS[kind]} “${name}”`;
  return id === undefined ? KINDS[kind] : `${KINDS[kind]} …${id.slice(-6)}`;
}

/** `signed in`; of what was refused, `tried to sign in and was refused`. An action without words is shown by its name. */
export function didText({ action, outcome }: AuditLine): string {
  const known: Readonly<Record<string, readonly [string, string] | undefined>> = AUDIT_WORDS;
  const name = action.replaceAll(/[_/]/g, ' ').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const [did, tried] = known[action] ?? [`did: ${name}`, name];
  return outcome === 'done' ? did : `tried to ${tried} and was refused`;
}

const LOOKS: ReadonlySet<string> = new Set(['whoAmI', 'refresh']);

/** A browser that is not signed in has looked whether it is: each opens the viewer with it, and nobody has tried anything. */
export function isFirstLook({ who, action, outcome, reason }: AuditLine): boolean {
  if (outcome !== 'refused' || who.kind !== 'anonymous' || !LOOKS.has(action)) return false;
  return reason?.code === 'unauthenticated' && reason.message.endsWith(NONE_SENT);
}
