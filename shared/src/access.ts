/** Who may do what, in the words that people read: roles of people, scopes of keys. The relay's table names one scope for each action. */
import { z } from 'zod';

/**
 * What one may be allowed to do. read: see sessions, logs, triggers and runners. start: start sessions and send them
 * messages. manage: stop, delete and share sessions. answer: answer triggers and take them over. runners: add and steer
 * machines. keys: make, rotate and revoke keys. people: invite, change and disable people. relay: backups, signing keys,
 * the record of who did what.
 */
export const SCOPES = ['read', 'start', 'manage', 'answer', 'runners', 'keys', 'people', 'relay'] as const;
export const Scope = z.enum(SCOPES);
export type Scope = z.infer<typeof Scope>;

export const ROLES = ['owner', 'operator', 'viewer'] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** A role is a set of scopes: the owner has all, an operator works with sessions and machines, a viewer looks. */
export const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  owner: SCOPES,
  operator: ['read', 'start', 'manage', 'answer', 'runners', 'keys'],
  viewer: ['read', 'keys'],
};
