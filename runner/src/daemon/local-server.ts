/** Where workers connect: a Unix socket of this user alone. Each proves with its session's secret whose worker it is. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import type { SessionId } from '@treeline/shared';
import type { Logger } from 'pino';
import { overLines, type Lines } from '../process/lines.ts';
import { WorkerToDaemon, type DaemonToWorker } from '../process/local-protocol.ts';
import { freeSocketPath, listenOn } from './unix-socket.ts';
import type { RunnerSession } from './session.ts';
import type { Peer } from './session-context.ts';

type FromWorker = Exclude<WorkerToDaemon, { type: 'hello' }>;

export interface LocalServerOptions {
  readonly path: string;
  readonly find: (id: SessionId) => RunnerSession | undefined;
  readonly relayOnline: () => boolean;
  /** A message of a worker about its own session. */
  readonly onMessage: (session: RunnerSession, message: FromWorker) => void;
  readonly logger: Logger;
}

/** A connection says who it is within this time. */
const HELLO_MS = 5000;
/** What a worker may leave unread before its connection is given up; the files have it all. */
const MAX_BACKLOG = 4 * 1024 * 1024;

export interface LocalServer {
  close(): Promise<void>;
}

export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { path, logger } = options;
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', (error) => logger.debug({ err: error }, 'a worker connection broke'));
    serve(socket, options);
  });
  await freeSocketPath(path);
  await listenOn(server, path);
  await chmod(path, 0o600);
  return {
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}

function serve(socket: Socket, options: LocalServerOptions): void {
  const { logger } = options;
  let session: RunnerSession | undefined;
  const lines: Lines<DaemonToWorker> = overLines<typeof WorkerToDaemon, DaemonToWorker>({
    socket,
    incoming: WorkerToDaemon,
    onProblem: (error) =>
      logger.warn({ session: session?.id, err: error }, 'a local connection sent what is no message'),
    onMessage: (message) => {
      if (message.type !== 'hello') {
        if (session === undefined) return refuse('it did not say who it is');
        return options.onMessage(session, message);
      }
      const claimed = options.find(message.session);
      if (claimed === undefined || !sameSecret(claimed.secret, message.secret)) {
        return refuse('it is of no session of this runner, or its secret is wrong');
      }
      if (!claimed.attach(peer, message, options.relayOnline())) return refuse('it is not the worker of that session');
      session = claimed;
      clearTimeout(patience);
    },
  });
  const peer: Peer = {
    send: (message) => {
      if (lines.backlog > MAX_BACKLOG) socket.destroy();
      return lines.send(message);
    },
    close: () => socket.end(),
  };
  const refuse = (why: string): void => {
    logger.warn(`a local connection was refused: ${why}`);
    socket.destroy();
  };
  const patience = setTimeout(() => refuse('it said nothing'), HELLO_MS);
  socket.on('close', () => {
    clearTimeout(patience);
    session?.detach(peer);
  });
}

/** In constant time, whatever the lengths. */
function sameSecret(expected: string, given: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}
