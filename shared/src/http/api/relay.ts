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
} as const;
