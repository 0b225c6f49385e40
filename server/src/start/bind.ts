/** Takes the port first, so that a taken one is told before anything else is opened. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { TreelineError, type ProblemBody } from '@treeline/shared';
import { Connections, type ConnectionLimits } from '../edge/connections.ts';
import { answerClientError } from '../http/problems.ts';

const HEADERS_WITHIN_MS = 15_000;
const REQUEST_WITHIN_MS = 60_000;
/** How often connections are looked through for those that are late. */
const LOOK_EVERY_MS = 2_000;
/** One answer may take a slow reader this long. */
const ANSWER_WITHIN_MS = 120_000;
const END_WITHIN_MS = 1_000;

export interface Bound {
  readonly server: Server;
  readonly port: number;
  /** Until then every request is answered with 503. */
  serve(listener: RequestListener): void;
  /** For TLS: what new connections get from now on. */
  renew(tls: SecureContextOptions): void;
  /** Takes no more connections; those that do not end by themselves soon are cut. */
  close(): Promise<void>;
}

export interface BindOptions {
  readonly host: string;
  readonly port: number;
  readonly limits: ConnectionLimits;
  /** https instead of http. */
  readonly tls?: SecureContextOptions | undefined;
}

/** Rejects with one line that names the fix. */
export async function bind({ host, port, limits, tls }: BindOptions): Promise<Bound> {
  let current: RequestListener = (_request, response) => {
    const problem = new TreelineError('unavailable', 'The relay is starting').toProblem();
    response.writeHead(503, { 'Content-Type': 'application/json', 'Retry-After': '1' });
    response.end(JSON.stringify({ error: problem } satisfies ProblemBody));
  };
  const times = {
    headersTimeout: HEADERS_WITHIN_MS,
    requestTimeout: REQUEST_WITHIN_MS,
    connectionsCheckingInterval: LOOK_EVERY_MS,
  };
  const listener: RequestListener = (request, response) => {
    const late = setTimeout(() => request.socket.destroy(), ANSWER_WITHIN_MS).unref();
    response.once('close', () => clearTimeout(late));
    current(request, response);
  };
  const secure = tls === undefined ? undefined : createTlsServer({ ...times, ...tls }, listener);
  const server: Server = secure ?? createServer(times, listener);
  server.on('clientError', answerClientError);
  const connections = new Connections(limits);
  // Before the HTTP parser, and before a handshake of TLS costs anything.
  server.prependListener('connection', (socket) => void connections.admit(socket));
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
    serve(next) {
      current = next;
    },
    renew(renewed) {
      secure?.setSecureContext(renewed);
    },
    async close() {
      const cut = setTimeout(() => connections.destroyAll(), END_WITHIN_MS);
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
