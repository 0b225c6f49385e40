/**
 * The floor: servers that forward each message of a channel to its viewers, with no checks and no sessions. Most keep
 * nothing; two keep each message before they forward it, in the barest way there is: what is durable cannot be faster.
 */
import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Keep, journalThread } from './journal.ts';

export type BaselineKind = 'ws' | 'ws, fdatasync' | 'ws, Redis' | 'socket.io';

/** `place`: the journal's file, or the URL of the Redis. */
export function runBaseline(kind: BaselineKind, port: number, place: string): void {
  const http = createServer();
  if (kind === 'socket.io') forwardSocketIo(http);
  else forwardWs(http, keeper(kind, place));
  http.listen(port, '127.0.0.1', () => process.stdout.write('ready\n'));
}

function keeper(kind: BaselineKind, place: string): Keep | undefined {
  switch (kind) {
    case 'ws, fdatasync':
      return journalThread(place);
    case 'ws, Redis': {
      const redis = new Redis(place);
      return (message) => redis.xadd('log', '*', 'm', message);
    }
    default:
      return undefined;
  }
}

/** `/send/<channel>` and `/view/<channel>`. */
function forwardWs(http: ReturnType<typeof createServer>, keep: Keep | undefined): void {
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  const channels = new Map<string, Set<WebSocket>>();
  server.on('connection', (socket, request) => {
    const [, role = '', channel = ''] = (request.url ?? '').split('/');
    const viewers = channels.get(channel) ?? new Set();
    channels.set(channel, viewers);
    if (role === 'view') {
      viewers.add(socket);
      socket.on('close', () => viewers.delete(socket));
    } else {
      const forward = (data: Buffer) => {
        for (const viewer of viewers) viewer.send(data, { binary: false });
      };
      socket.on('message', (data: Buffer) => {
        if (keep === undefined) forward(data);
        else void keep(data).then(() => forward(data));
      });
    }
  });
}

function forwardSocketIo(http: ReturnType<typeof createServer>): void {
  const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
  const viewers = io.of('/view');
  viewers.on('connection', (socket) => void socket.join(channelOf(socket.handshake.auth)));
  io.of('/send').on('connection', (socket) => {
    const channel = channelOf(socket.handshake.auth);
    socket.on('log', (message: unknown) => viewers.to(channel).emit('log', message));
  });
}

function channelOf(auth: Record<string, unknown>): string {
  return String(auth['channel']);
}
