/** Passkeys: the messages between the browser’s authenticator and the relay are WebAuthn’s own, checked by the relay’s library. */
import { z } from 'zod';
import { LIMITS } from '../../limits.ts';
import { Instant, Name } from '../../vocabulary.ts';
import { endpoint } from '../define.ts';
import { SignedIn } from './access.ts';

/** Its id as the authenticator made it, in base64url. */
const PasskeyId = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[\w-]+$/);
export const PasskeyView = z.object({
  id: PasskeyId,
  name: z.string(),
  createdAt: Instant,
  lastUsedAt: Instant.optional(),
});
export type PasskeyView = z.infer<typeof PasskeyView>;

/** What `navigator.credentials` takes and gives, as JSON. */
const WebAuthn = z.record(z.string().max(100), z.unknown());
const Challenge = z.object({
  /** Names the challenge in the next request. */
  challengeId: z.string(),
  options: WebAuthn,
});
const Response = z.object({ challengeId: z.string().min(1).max(LIMITS.keyChars), response: WebAuthn });

export const PASSKEYS_API = {
  listPasskeys: endpoint({
    method: 'get',
    path: '/auth/passkeys',
    doc: 'One’s own passkeys.',
    response: z.object({ passkeys: z.array(PasskeyView) }),
  }),
  beginPasskey: endpoint({
    method: 'post',
    path: '/auth/passkeys/begin',
    doc: 'Begins a new passkey of one’s own.',
    response: Challenge,
  }),
  addPasskey: endpoint({
    method: 'post',
    path: '/auth/passkeys',
    doc: 'Adds the passkey that the authenticator made.',
    body: Response.extend({ name: Name.optional() }),
    response: PasskeyView,
    status: 201,
  }),
  removePasskey: endpoint({
    method: 'delete',
    path: '/auth/passkeys/:id',
    doc: 'Removes a passkey of one’s own.',
    params: z.object({ id: PasskeyId }),
    response: z.object({ removed: z.string() }),
  }),
  beginPasskeySignIn: endpoint({
    method: 'post',
    path: '/auth/passkeys/sign-in/begin',
    doc: 'Begins to sign in with a passkey.',
    response: Challenge,
  }),
  signInWithPasskey: endpoint({
    method: 'post',
    path: '/auth/passkeys/sign-in',
    doc: 'Trades a passkey’s signature for a cookie.',
    body: Response,
    response: SignedIn,
  }),
} as const;
