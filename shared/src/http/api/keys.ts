/** Credentials of machines and programs. */
import { z } from 'zod';
import { Scope } from '../../access.ts';
import { KeyId, PersonId, RunnerId } from '../../ids.ts';
import { Instant, Name } from '../../vocabulary.ts';
import { endpoint } from '../define.ts';

/** user: a person’s programs. runner: one machine. join: lets one machine join, once. hook: starts sessions and tells them, no more. share: shows a session. */
export const KeyKind = z.enum(['user', 'runner', 'join', 'hook', 'share']);
export type KeyKind = z.infer<typeof KeyKind>;

export const KeyView = z.object({
  id: KeyId,
  kind: KeyKind,
  name: z.string(),
  /** Of a user or hook key. */
  scopes: z.array(Scope).optional(),
  runnerId: RunnerId.optional(),
  /** Who made it: it may do no more than they may, and ends when they are disabled. */
  personId: PersonId.optional(),
  createdAt: Instant,
  expiresAt: Instant.optional(),
  lastUsedAt: Instant.optional(),
  /** The key that took its place. */
  replacedBy: KeyId.optional(),
  /** Set when it works no longer. */
  ended: z.enum(['revoked', 'expired', 'used']).optional(),
});
export type KeyView = z.infer<typeof KeyView>;

const params = z.object({ id: KeyId });
const MadeKey = z.object({ key: KeyView, secret: z.string() });

export const KEYS_API = {
  createKey: endpoint({
    method: 'post',
    path: '/keys',
    doc: 'Makes a user key, a hook key or a join token, no stronger than its maker. Its text is shown only in this answer.',
    body: z.object({
      kind: z.enum(['user', 'join', 'hook']),
      name: Name,
      /** Of a user key; default: all that the maker has. */
      scopes: z.array(Scope).min(1).optional(),
      /** Milliseconds; join tokens default to 30 minutes, other keys to never. */
      expiresInMs: z
        .number()
        .int()
        .positive()
        .max(10 * 365 * 24 * 3600_000)
        .optional(),
    }),
    response: MadeKey,
    status: 201,
  }),
  listKeys: endpoint({
    method: 'get',
    path: '/keys',
    doc: 'Keys and join tokens, without their secrets.',
    response: z.object({ keys: z.array(KeyView) }),
  }),
  rotateKey: endpoint({
    method: 'post',
    path: '/keys/:id/rotate',
    doc: 'Makes a key that takes the place of this one. The old one works for another 24 hours; with `endNow` it ends at once.',
    params,
    body: z.object({ endNow: z.boolean().default(false) }),
    response: MadeKey,
    status: 201,
  }),
  revokeKey: endpoint({
    method: 'delete',
    path: '/keys/:id',
    doc: 'Ends a key and the connections that use it.',
    params,
    response: KeyView,
  }),
} as const;
