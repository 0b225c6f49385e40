/** Signing in, and who is calling. */
import { z } from 'zod';
import { Scope } from '../../access.ts';
import { Instant } from '../../vocabulary.ts';
import { endpoint } from '../define.ts';

export const ACCESS_API = {
  signIn: endpoint({
    method: 'post',
    path: '/auth/sign-in',
    doc: 'Trades a one-time sign-in code for a cookie. For browsers.',
    body: z.object({ code: z.string().min(4).max(64) }),
    response: z.object({ name: z.string(), expiresAt: Instant }),
  }),
  signOut: endpoint({ method: 'post', path: '/auth/sign-out', doc: 'Ends the cookie.', response: z.object({}) }),
  createSignInCode: endpoint({
    method: 'post',
    path: '/auth/codes',
    doc: 'Makes a one-time sign-in code for a browser.',
    response: z.object({ code: z.string(), expiresAt: Instant }),
    status: 201,
  }),
  whoAmI: endpoint({
    method: 'get',
    path: '/auth/me',
    doc: 'Who this credential is.',
    response: z.object({
      name: z.string(),
      kind: z.enum(['person', 'key', 'share']),
      /** What this credential may do. */
      scopes: z.array(Scope),
      version: z.string(),
      relayId: z.string(),
      volatile: z.boolean(),
    }),
  }),
} as const;
