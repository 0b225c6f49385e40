/**
 * Between a worker and its daemon: newline-delimited JSON over the daemon's Unix socket. It carries hints only; the files
 * of the session's folder carry the truth, so either side may vanish at any moment and come back.
 *
 * The worker proves who it is with the secret in its folder; everything it says is about that session alone.
 */
import { ErrorCode, Position, RecordId, SessionId, SessionUpdate, StopStrength } from '@treeline/shared';
import { z } from 'zod';

export const WorkerToDaemon = z.discriminatedUnion('type', [
  /** First line of a connection. */
  z.object({
    type: z.literal('hello'),
    session: SessionId,
    secret: z.string(),
    pid: z.number().int().positive(),
    attempt: z.number().int().positive(),
    last: Position,
  }),
  /** The log file has grown to here. */
  z.object({ type: z.literal('appended'), last: Position }),
  z.object({ type: z.literal('delta'), after: Position, updates: z.array(SessionUpdate).min(1) }),
  /** A read-only question to the relay; answered by `result` with the same number. */
  z.object({ type: z.literal('query'), number: z.number().int(), what: z.enum(['list_children', 'list_runners']) }),
]);
export type WorkerToDaemon = z.infer<typeof WorkerToDaemon>;

export const DaemonToWorker = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), relayOnline: z.boolean(), watched: z.boolean(), acked: Position }),
  /** The inbox file has grown to here. */
  z.object({ type: z.literal('inbox'), position: z.number().int().nonnegative() }),
  /** The store has the log up to here; refused facts among it are named. */
  z.object({
    type: z.literal('acked'),
    position: Position,
    refused: z.array(z.object({ recordId: RecordId, code: ErrorCode, message: z.string() })),
  }),
  z.object({ type: z.literal('relay'), online: z.boolean() }),
  z.object({ type: z.literal('watch'), on: z.boolean() }),
  /** The runner's reserve is given up. */
  z.object({ type: z.literal('disk_full') }),
  /** The store does not know this spool: go on in a new epoch. */
  z.object({ type: z.literal('new_epoch'), epoch: z.number().int().positive() }),
  z.object({ type: z.literal('result'), number: z.number().int(), ok: z.boolean(), value: z.unknown() }),
  /** This machine stops: sleep if the agent can be resumed (state asleep), else end with reason grace; or stop/kill. `why` is for the log. */
  z.object({
    type: z.literal('shutdown'),
    how: z.enum(['sleep', ...StopStrength.options]),
    why: z.string().optional(),
  }),
]);
export type DaemonToWorker = z.infer<typeof DaemonToWorker>;
