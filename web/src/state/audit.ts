/** The record of who did what, in words. */
import { type AuditLine, NONE_SENT } from '@treeline/shared';

/** What somebody did, as the end of a sentence that begins with who. */
const DONE: Readonly<Record<string, string>> = {
  createSession: 'started a session',
  sendMessage: 'sent a message',
  stopSession: 'stopped a session',
  deleteSession: 'deleted a session',
  updateSession: 'changed a session',
  respondToTrigger: 'answered',
  trigger_response: 'answered',
  escalateTrigger: 'took a question to people',
  snoozeTrigger: 'put a question off',
  joinRunner: 'added a runner',
  createKey: 'made a key',
  revokeKey: 'revoked a key',
  createBackup: 'made a backup',
  createSignInCode: 'made a sign-in code',
  signIn: 'signed in',
  signOut: 'signed out',
  spawn: 'started a child',
  tell: 'told a child',
  answer: 'answered a child',
  escalate: 'passed a question on',
  'connect/viewer': 'opened the viewer’s link',
  'connect/runner': 'opened a runner’s link',
};

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

/** `signed in`; of what was refused, `tried: signed in`. An action without words is shown by its name, in words. */
export function didText({ action, outcome }: AuditLine): string {
  const text =
    DONE[action] ?? action.replaceAll(/[_/]/g, ' ').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return outcome === 'done' ? text : `was refused: ${text}`;
}

const LOOKS: ReadonlySet<string> = new Set(['whoAmI', 'refresh']);

/** A browser that is not signed in has looked whether it is: each opens the viewer with it, and nobody has tried anything. */
export function isFirstLook({ who, action, outcome, reason }: AuditLine): boolean {
  if (outcome !== 'refused' || who.kind !== 'anonymous' || !LOOKS.has(action)) return false;
  return reason?.code === 'unauthenticated' && reason.message.endsWith(NONE_SENT);
}
