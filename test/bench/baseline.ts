/** The floor: servers that forward each message to every viewer, with no storage, no checks and no sessions. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { type WebSocket, WebSocketServer } from 'ws';

export function runBaseline(kind: string, port: number): void {
  const http = createServer();
  if (kind === 'ws') forwardWs(http);
  else forwardSocketIo(http);
  http.listen(port, '127.0.0.1', () => process.stdout.write('ready\n'));
}

function forwardWs(http: ReturnType<typeof createServer>): void {
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  const viewers = new Set<WebSocket>();
  server.on('connection', (socket, request) => {
    if (request.url === '/viewer') viewers.add(socket);
    socket.on('message', (data) => {
      for (const viewer of viewers) viewer.send(data, { binary: false });
    });
  });
}

function forwardSocketIo(http: ReturnType<typeof createServer>): void {
  const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
  const viewer = io.of('/viewer');
  io.of('/runner').on('connection', (socket) => {
    socket.on('log', (message: unknown) => viewer.emit('log', message));
  });
}
