/** Links with which anybody can look at one session, or at one and everything below it. */
import { z } from 'zod';
import { KeyId, SessionId } from '../../ids.ts';
import { Instant } from '../../vocabulary.ts';
import { endpoint } from '../define.ts';

export const ShareView = z.object({
  id: KeyId,
  sessionId: SessionId,
  /** Also everything below it. */
  tree: z.boolean(),
  /** Who made it. */
  by: z.string(),
  createdAt: Instant,
  expiresAt: Instant,
  lastUsedAt: Instant.optional(),
});
export type ShareView = z.infer<typeof ShareView>;

const params = z.object({ id: SessionId });

export const SHARES_API = {
  createShare: endpoint({
    method: 'post',
    path: '/sessions/:id/shares',
    doc: 'Makes a link that shows this session to whoever has it: read only, for a time.',
    params,
    body: z.object({
      tree: z.boolean().default(false),
      /** Milliseconds; default 7 days. */
      expiresInMs: z
        .number()
        .int()
        .positive()
        .max(365 * 24 * 3600_000)
        .optional(),
    }),
    /** The secret is in the fragment of `url`, and shown only in this answer. */
    response: z.object({ share: ShareView, url: z.string() }),
    status: 201,
  }),
  listShares: endpoint({
    method: 'get',
    path: '/sessions/:id/shares',
    doc: 'Links to this session that work.',
    params,
    response: z.object({ shares: z.array(ShareView) }),
  }),
  listAllShares: endpoint({
    method: 'get',
    path: '/shares',
    doc: 'Links that work, to whatever session, oldest first.',
    response: z.object({ shares: z.array(ShareView) }),
  }),
  revokeShare: endpoint({
    method: 'delete',
    path: '/shares/:id',
    doc: 'Ends a link; whoever looks through it is cut off.',
    params: z.object({ id: KeyId }),
    response: z.object({ revoked: KeyId }),
  }),
  getShare: endpoint({
    method: 'get',
    path: '/share',
    doc: 'What the link shows that this request carries as its bearer.',
    response: ShareView,
  }),
} as const;
