/** How much waits in a socket's buffers: Socket.IO itself would keep any amount for a reader that has stopped. */
import type { Socket } from 'socket.io';

const SLOW_PACKETS = 512;
const SLOW_BYTES = 1024 * 1024;
const DRAINED_PACKETS = 32;
const DRAINED_BYTES = 64 * 1024;
const HOPELESS_BYTES = 8 * 1024 * 1024;

export type Pressure = 'drained' | 'some' | 'slow' | 'hopeless';

export function pressureOf({ conn }: Pick<Socket, 'conn'>): Pressure {
  const packets = (conn as unknown as { writeBuffer: readonly unknown[] }).writeBuffer.length;
  const bytes = bufferedBytes(conn.transport);
  if (bytes > HOPELESS_BYTES) return 'hopeless';
  if (packets > SLOW_PACKETS || bytes > SLOW_BYTES) return 'slow';
  return packets <= DRAINED_PACKETS && bytes <= DRAINED_BYTES ? 'drained' : 'some';
}

/** Of the ws socket below engine.io, whose types do not show it. */
function bufferedBytes(transport: unknown): number {
  const websocket = (transport as { socket?: { bufferedAmount?: number } }).socket;
  return websocket?.bufferedAmount ?? 0;
}
