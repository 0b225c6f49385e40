/** What the daemon process tells its supervisor over its IPC channel. */
import { z } from 'zod';

export const DaemonReport = z.discriminatedUnion('is', [
  /** It holds the folder, has adopted what ran, and works on the link. */
  z.object({ is: z.literal('ready'), pid: z.number().int() }),
  /** It still turns: said every second. */
  z.object({ is: z.literal('alive') }),
  /** It could not start. `forGood`: nor will the next one, until a person has mended what the message names. */
  z.object({ is: z.literal('failed'), message: z.string(), forGood: z.boolean() }),
]);
export type DaemonReport = z.infer<typeof DaemonReport>;
