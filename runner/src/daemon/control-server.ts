/** The daemon's control API for programs of this user: HTTP over a Unix socket, 0600. */
import { chmod } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parseJson, TreelineError } from '@treeline/shared';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { RunnerState } from '../home/state-file.ts';
import { freeSocketPath, listenOn } from './unix-socket.ts';

/** What happens to the sessions' workers when the daemon stops: they run on, or fall asleep, or end. */
export const WorkersAtStop = z.enum(['leave', 'sleep', 'stop', 'kill']);
export type WorkersAtStop = z.infer<typeof WorkersAtStop>;

export const StopRequest = z.object({ workers: WorkersAtStop.default('leave') });

export const SessionRow = z.object({
  id: z.string(),
  title: z.string(),
  agent: z.string(),
  attempt: z.number(),
  cwd: z.string(),
  pid: z.number().optional(),
  state: z.enum(['live', 'asleep', 'ended', 'starting']),
  /** The relay has the whole log. */
  drained: z.boolean(),
});
export type SessionRow = z.infer<typeof SessionRow>;

export interface ControlOptions {
  readonly path: string;
  readonly state: () => RunnerState;
  readonly sessions: () => SessionRow[];
  /** Begins to stop; the answer goes out first. */
  readonly stop: (workers: WorkersAtStop) => void;
  readonly logger: Logger;
}

const MAX_BODY_CHARS = 16 * 1024;
type Route = (options: ControlOptions, body: string) => unknown;

const ROUTES: Readonly<Record<string, Route>> = {
  'GET /ping': ({ state }) => ({ ok: true, pid: process.pid, version: state().version }),
  'GET /status': ({ state }) => state(),
  'GET /sessions': ({ sessions }) => ({ sessions: sessions() }),
  'POST /stop': ({ stop }, body) => {
    const { workers } = parseJson(StopRequest, body === '' ? '{}' : body, 'the request');
    setImmediate(() => stop(workers));
    return { stopping: true, workers };
  },
};

export interface ControlServer {
  close(): Promise<void>;
}

export async function startControlServer(options: ControlOptions): Promise<ControlServer> {
  const server = createServer((request, response) => {
    void answer(request, options).then(({ status, value }) => reply(response, status, value));
  });
  await freeSocketPath(options.path);
  await listenOn(server, options.path);
  await chmod(options.path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, options: ControlOptions): Promise<{ status: number; value: unknown }> {
  try {
    const route = ROUTES[`${request.method} ${request.url}`];
    if (route === undefined) throw new TreelineError('not_found', `There is no ${request.method} ${request.url}.`);
    return { status: 200, value: await route(options, await bodyOf(request)) };
  } catch (error) {
    if (!(error instanceof TreelineError)) options.logger.error({ err: error }, 'a control request failed');
    const problem = error instanceof TreelineError ? error : new TreelineError('internal', 'The request failed.');
    return { status: problem.status, value: { error: problem.toProblem() } };
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > MAX_BODY_CHARS) throw new TreelineError('too_large', 'The request is too large.');
  }
  return body;
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(value)}\n`);
}
