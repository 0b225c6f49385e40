/** Sends an event that is to be acknowledged, and reads the acknowledgement as carefully as anything from outside. */
import { ackSchema, parseInput, RelayToRunner, TreelineError, type PayloadIn, type Reply } from '@treeline/shared';
import type { Socket } from 'socket.io';

const ANSWER_WITHIN_MS = 10_000;
/** A runner that examines itself needs longer. */
const ORDER_WITHIN_MS = 22_000;

type Asked = 'assign' | 'order' | 'inbox' | 'session_trigger' | 'trigger_response';

/** Rejects with unavailable when no answer came in time, bad_request for a malformed one, and the runner's own problem. */
export async function ask<K extends Asked>(
  socket: Socket,
  event: K,
  payload: PayloadIn<(typeof RelayToRunner)[K]>,
): Promise<Reply<(typeof RelayToRunner)[K]>> {
  let answer: unknown;
  try {
    answer = await socket.timeout(event === 'order' ? ORDER_WITHIN_MS : ANSWER_WITHIN_MS).emitWithAck(event, payload);
  } catch (cause) {
    throw new TreelineError('unavailable', `the runner did not acknowledge ${event}`, { cause });
  }
  const ack = parseInput(ackSchema(RelayToRunner[event].reply), answer, `The acknowledgement of ${event}`);
  if (!ack.ok) throw TreelineError.fromProblem(ack.error);
  return ack.value as Reply<(typeof RelayToRunner)[K]>;
}
