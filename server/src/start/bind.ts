/** Takes the port first, so that a taken one is told before anything else is opened. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { TreelineError, type ProblemBody } from '@treeline/shared';
import { answerClientError } from '../http/problems.ts';

const HEADERS_WITHIN_MS = 15_000;
const REQUEST_WITHIN_MS = 60_000;
const END_WITHIN_MS = 1_000;

export interface Bound {
  readonly server: Server;
  readonly port: number;
  /** Until then every request is answered with 503. */
  serve(listener: RequestListener): void;
  /** Takes no more connections; those that do not end by themselves soon are cut. */
  close(): Promise<void>;
}

/** Rejects with one line that names the fix. */
export async function bind({ host, port }: { host: string; port: number }): Promise<Bound> {
  let current: RequestListener = (_request, response) => {
    const problem = new TreelineError('unavailable', 'The relay is starting').toProblem();
    response.writeHead(503, { 'Content-Type': 'application/json', 'Retry-After': '1' });
    response.end(JSON.stringify({ error: problem } satisfies ProblemBody));
  };
  const server = createServer(
    { headersTimeout: HEADERS_WITHIN_MS, requestTimeout: REQUEST_WITHIN_MS },
    (request, response) => current(request, response),
  );
  server.on('clientError', answerClientError);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(explain(error, { host, port }));
    server.once('error', failed);
    server.listen({ host, port }, () => {
      server.off('error', failed);
      resolve();
    });
  });
  return {
    server,
    port: (server.address() as AddressInfo).port,
    serve(listener) {
      current = listener;
    },
    async close() {
      const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), END_WITHIN_MS);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      clearTimeout(cut);
    },
  };
}

function explain(error: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new Error(
        `Port ${port} on ${host} is taken: stop the program that uses it, or choose another with --port.`,
        { cause: error },
      );
    case 'EACCES':
      return new Error(`Port ${port} needs more rights than this user has: choose one above 1023 with --port.`, {
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Error(
        `${host} is not an address of this machine: choose one with --host, such as 127.0.0.1 or 0.0.0.0.`,
        { cause: error },
      );
    default:
      return new Error(`Cannot listen on ${host}:${port}: ${error.message}`, { cause: error });
  }
}
