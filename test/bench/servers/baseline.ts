/** The floor: servers that forward each message of a channel to its viewers, with no storage, no checks and no sessions. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { type WebSocket, WebSocketServer } from 'ws';

export type BaselineKind = 'ws' | 'socket.io';

export function runBaseline(kind: BaselineKind, port: number): void {
  const http = createServer();
  if (kind === 'ws') forwardWs(http);
  else forwardSocketIo(http);
  http.listen(port, '127.0.0.1', () => process.stdout.write('ready\n'));
}

/** `/send/<channel>` and `/view/<channel>`. */
function forwardWs(http: ReturnType<typeof createServer>): void {
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
      socket.on('message', (data) => {
        for (const viewer of viewers) viewer.send(data, { binary: false });
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
