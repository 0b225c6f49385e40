/** How much waits in a socket's buffers: Socket.IO itself would keep any amount for a reader that has stopped. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Socket } from 'socket.io';

const SLOW_PACKETS = 512;
const SLOW_BYTES = 1024 * 1024;
const DRAINED_PACKETS = 32;
const DRAINED_BYTES = 64 * 1024;
const LOOK_EVERY_MS = 20;
const HOPELESS_BYTES = 8 * 1024 * 1024;

export type Pressure = 'drained' | 'some' | 'slow' | 'hopeless';

export function pressureOf({ conn }: Pick<Socket, 'conn'>): Pressure {
  const { writeBuffer, transport } = conn as unknown as Internals;
  const waiting = writeBuffer.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  const bytes = waiting + (transport.socket?.bufferedAmount ?? 0);
  if (bytes > HOPELESS_BYTES) return 'hopeless';
  if (writeBuffer.length > SLOW_PACKETS || bytes > SLOW_BYTES) return 'slow';
  return writeBuffer.length <= DRAINED_PACKETS && bytes <= DRAINED_BYTES ? 'drained' : 'some';
}

/** Resolves when the socket has taken most of what it was sent, or is gone. */
export async function relieved(socket: Socket): Promise<void> {
  while (socket.connected && ['slow', 'hopeless'].includes(pressureOf(socket))) await sleep(LOOK_EVERY_MS);
}

/** Of engine.io, whose types do not show them: packets that wait, and the ws socket that has taken the rest. */
interface Internals {
  readonly writeBuffer: readonly { readonly data?: { readonly length: number } }[];
  readonly transport: { readonly socket?: { readonly bufferedAmount: number } };
}
