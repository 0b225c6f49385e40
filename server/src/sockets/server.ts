/** The Socket.IO server: websockets only, no compression, no recovery of its own; resuming is ours. */
import { LIMITS } from '@treeline/shared';
import type { IncomingMessage } from 'node:http';
import { Server } from 'socket.io';

/** Together: after how long a link that has lost its other end is given up. */
const PING_EVERY_MS = 5_000;
const PONG_WITHIN_MS = 4_000;
/** A connection that has not entered a namespace by then is closed. */
const ENTER_WITHIN_MS = 10_000;

/** `welcome` judges a handshake before it becomes a connection. */
export function createSocketServer(welcome: (request: IncomingMessage) => boolean): Server {
  const io = new Server({
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    httpCompression: false,
    // A frame of the largest size may double when it travels as text within JSON.
    maxHttpBufferSize: 2 * LIMITS.packetBytes,
    pingInterval: PING_EVERY_MS,
    pingTimeout: PONG_WITHIN_MS,
    connectTimeout: ENTER_WITHIN_MS,
    allowRequest: (request, decide) => decide(null, welcome(request)),
  });
  io.use((_socket, next) =>
    next(new Error('there is nothing in the default namespace; connect to /runner or /viewer')),
  );
  return io;
}
