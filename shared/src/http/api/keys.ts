/** Credentials of machines and programs. */
import { z } from 'zod';
import { KeyId, RunnerId } from '../../ids.ts';
import { Instant, Name } from '../../vocabulary.ts';
import { endpoint } from '../define.ts';

export const KeyKind = z.enum(['user', 'runner', 'join']);
export type KeyKind = z.infer<typeof KeyKind>;

export const KeyView = z.object({
  id: KeyId,
  kind: KeyKind,
  name: z.string(),
  runnerId: RunnerId.optional(),
  createdAt: Instant,
  expiresAt: Instant.optional(),
  lastUsedAt: Instant.optional(),
  /** Set when it works no longer. */
  ended: z.enum(['revoked', 'expired', 'used']).optional(),
});
export type KeyView = z.infer<typeof KeyView>;

export const KEYS_API = {
  createKey: endpoint({
    method: 'post',
    path: '/keys',
    doc: 'Makes a user key or a join token. Its text is shown only in this answer.',
    body: z.object({
      kind: z.enum(['user', 'join']),
      name: Name,
      /** Milliseconds; join tokens default to 30 minutes, user keys to never. */
      expiresInMs: z
        .number()
        .int()
        .positive()
        .max(10 * 365 * 24 * 3600_000)
        .optional(),
    }),
    response: z.object({ key: KeyView, secret: z.string() }),
    status: 201,
  }),
  listKeys: endpoint({
    method: 'get',
    path: '/keys',
    doc: 'Keys and join tokens, without their secrets.',
    response: z.object({ keys: z.array(KeyView) }),
  }),
  revokeKey: endpoint({
    method: 'delete',
    path: '/keys/:id',
    doc: 'Ends a key and the connections that use it.',
    params: z.object({ id: KeyId }),
    response: KeyView,
  }),
} as const;
