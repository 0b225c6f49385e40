/** Signing in at another place (OpenID Connect): the browser goes there and comes back with an answer for the relay. */
import { z } from 'zod';
import { LIMITS } from '../../limits.ts';
import { endpoint } from '../define.ts';
import { SignedIn } from './access.ts';

export const OIDC_API = {
  beginOidc: endpoint({
    method: 'post',
    path: '/auth/oidc/begin',
    doc: 'Begins to sign in at the place that `signInWays` names.',
    response: z.object({
      /** Names the sign-in in the next request; it stays in the browser that began. */
      flow: z.string(),
      /** Where the browser goes. It comes back to `/oidc?…`. */
      url: z.string(),
    }),
  }),
  finishOidc: endpoint({
    method: 'post',
    path: '/auth/oidc',
    doc: 'Trades what the browser came back with for a cookie.',
    body: z.object({
      flow: z.string().min(1).max(LIMITS.keyChars),
      /** The query of the address that it came back to. */
      query: z.string().max(LIMITS.pathChars),
    }),
    response: SignedIn,
  }),
} as const;
