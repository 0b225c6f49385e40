/** The relay itself. */
import { z } from 'zod';
import { Instant } from '../../vocabulary.ts';
import { endpoint } from '../define.ts';

export const RELAY_API = {
  createBackup: endpoint({
    method: 'post',
    path: '/relay/backup',
    doc: 'Copies the embedded store, whole, to a file beside it; the next backup takes its place. A relay on Redis refuses.',
    response: z.object({
      /** On the relay’s machine, for its user only. */
      file: z.string(),
      bytes: z.number().int().nonnegative(),
      at: Instant,
    }),
    status: 201,
  }),
  rotateSigningKeys: endpoint({
    method: 'post',
    path: '/relay/rotate-keys',
    doc: 'A new key pair signs the cookies of browsers from now on; nobody notices. With `endNow` the old one counts no longer, and everybody has to sign in again.',
    body: z.object({ endNow: z.boolean().default(false) }),
    response: z.object({ keyId: z.string(), signedOut: z.number().int().nonnegative() }),
  }),
} as const;
