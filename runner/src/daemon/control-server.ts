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

const StopSession = z.object({ id: z.string() });

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
  /** Of a living one, when it is asked for: what it does, since when it runs, what its processes use. */
  activity: z.enum(['starting', 'running', 'idle', 'asleep']).optional(),
  startedAt: z.iso.datetime().optional(),
  memoryBytes: z.number().optional(),
});
export type SessionRow = z.infer<typeof SessionRow>;

/** It has something to finish. */
export const isBusy = ({ state, activity }: SessionRow): boolean =>
  state === 'starting' || (state === 'live' && activity !== 'idle' && activity !== 'asleep');

export interface ControlOptions {
  readonly path: string;
  readonly state: () => RunnerState;
  /** With the health of the machine as it is now. */
  readonly measure: () => Promise<RunnerState>;
  readonly sessions: () => Promise<SessionRow[]>;
  /** Stops one session. Rejects with not_found; resolves when it is gone. */
  readonly stopSession: (id: string) => Promise<void>;
  /** New sessions are taken again, or no more. */
  readonly pause: (paused: boolean) => Promise<void>;
  /** Takes up its name, configuration and agents as they are now. */
  readonly reload: () => Promise<void>;
  /** Begins to stop; the answer goes out first. */
  readonly stop: (workers: WorkersAtStop) => void;
  readonly logger: Logger;
}

const MAX_BODY_CHARS = 16 * 1024;
type Route = (options: ControlOptions, body: string) => unknown;

const ROUTES: Readonly<Record<string, Route>> = {
  'GET /ping': ({ state }) => ({ ok: true, pid: process.pid, version: state().version }),
  'GET /api/daemon': () => ({
    running: true,
    pid: process.pid,
    uptimeMs: Math.round(process.uptime() * 1000),
  }),
  'GET /status': ({ measure }) => measure(),
  'GET /sessions': async ({ sessions }) => ({ sessions: await sessions() }),
  'POST /sessions/stop': async ({ stopSession }, body) => {
    const { id } = parseJson(StopSession, body, 'the request');
    await stopSession(id);
    return { stopped: id };
  },
  'POST /pause': ({ pause }) => pause(true).then(() => ({ paused: true })),
  'POST /resume': ({ pause }) => pause(false).then(() => ({ paused: false })),
  /** Takes nothing new; whoever asks looks at the sessions until they are done. */
  'POST /drain': async ({ pause, sessions }) => {
    await pause(true);
    return { paused: true, busy: (await sessions()).filter(isBusy).length };
  },
  'POST /reload': ({ reload }) => reload().then(() => ({ reloaded: true })),
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
