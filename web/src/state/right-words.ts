/** Roles and scopes as people read them. */
import type { KeyView, Role, Scope } from '@treeline/shared';

export const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  read: 'See sessions, their logs, triggers and runners',
  start: 'Start sessions and send them messages',
  manage: 'Stop, delete and share sessions',
  answer: 'Answer triggers and take them over',
  runners: 'Add and steer machines',
  keys: 'Make, rotate and revoke keys',
  people: 'Invite, change and disable people',
  relay: 'Backups, signing keys, the record of who did what',
};

export const ROLE_WORDS: Readonly<Record<Role, { readonly text: string; readonly hint: string }>> = {
  viewer: { text: 'Viewer', hint: 'looks, and changes nothing' },
  operator: { text: 'Operator', hint: 'works with sessions and machines' },
  owner: { text: 'Owner', hint: 'may do everything, also invite and disable people' },
};

export const KEY_KIND_WORDS: Readonly<Record<KeyView['kind'], string>> = {
  user: 'Key',
  join: 'Join token',
  runner: 'Runner',
  hook: 'Hook key',
  share: 'Share link',
};

/** `everything`, or the scopes one by one; undefined when the kind itself says it. */
export function scopesText(scopes: readonly Scope[] | undefined): string | undefined {
  if (scopes === undefined) return undefined;
  return scopes.length === Object.keys(SCOPE_WORDS).length ? 'everything' : scopes.join(', ');
}
