/** Signing in, and who is calling. */
import { z } from 'zod';
import { Role, Scope } from '../../access.ts';
import { KeyId, PersonId } from '../../ids.ts';
import { LIMITS } from '../../limits.ts';
import { Instant, Name } from '../../vocabulary.ts';
import { endpoint } from '../define.ts';

export const Password = z.string().min(LIMITS.passwordCharsMin).max(LIMITS.passwordChars);
/** A one-time code, as people type it. */
const Code = z.string().min(4).max(64);
/** When the browser has to ask people again, if it is not used meanwhile. */
export const SignedIn = z.object({ name: z.string(), expiresAt: Instant });

export const ACCESS_API = {
  signInWays: endpoint({
    method: 'get',
    path: '/auth/ways',
    doc: 'How one may sign in here. `setUp` is false until the first person exists.',
    response: z.object({
      setUp: z.boolean(),
      /** Absent unless it is configured: how people call the other place that they sign in at. */
      oidc: z.object({ name: z.string() }).optional(),
    }),
  }),
  setUp: endpoint({
    method: 'post',
    path: '/auth/setup',
    doc: 'For the first person, or one who was invited: trades the one-time code for a cookie, and sets a password if one is given.',
    body: z.object({
      code: Code,
      /** Of the first person; who was invited has one. */
      name: Name.optional(),
      password: Password.optional(),
    }),
    response: SignedIn,
  }),
  signIn: endpoint({
    method: 'post',
    path: '/auth/sign-in',
    doc: 'Trades a one-time code, or name and password, for a cookie. For browsers.',
    body: z.union([
      z.object({ code: Code }),
      z.object({
        name: z.string().min(1).max(LIMITS.labelChars),
        password: z.string().min(1).max(LIMITS.passwordChars),
      }),
    ]),
    response: SignedIn,
  }),
  refresh: endpoint({
    method: 'post',
    path: '/auth/refresh',
    doc: 'A fresh cookie for the one that runs out. The cookie that it came with works once; used again later, it ends the sign-in.',
    response: SignedIn,
  }),
  signOut: endpoint({ method: 'post', path: '/auth/sign-out', doc: 'Ends the cookie.', response: z.object({}) }),
  createSignInCode: endpoint({
    method: 'post',
    path: '/auth/codes',
    doc: 'Makes a one-time code with which another browser signs in as the caller; with the key of the relay’s own machine, as the first owner.',
    response: z.object({ code: z.string(), expiresAt: Instant }),
    status: 201,
  }),
  setPassword: endpoint({
    method: 'post',
    path: '/auth/password',
    doc: 'Sets one’s own password. Who has one gives it, too. Other devices are signed out.',
    body: z.object({ current: z.string().max(LIMITS.passwordChars).optional(), password: Password }),
    response: z.object({}),
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
      keyId: KeyId,
      /** For people, and for keys that they made. */
      personId: PersonId.optional(),
      role: Role.optional(),
      /** For people. */
      hasPassword: z.boolean().optional(),
      version: z.string(),
      relayId: z.string(),
      volatile: z.boolean(),
    }),
  }),
} as const;
