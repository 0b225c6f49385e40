/** Asks the daemon of a folder over its control socket. */
import { request } from 'node:http';
import { Problem, TreelineError } from '@treeline/shared';
import { z } from 'zod';
import { readSettings } from '../config.ts';
import type { Home } from './home.ts';
import { readRunnerState } from './state-file.ts';

/** Nobody answers: the daemon is not there, or does not respond. */
export class NoDaemon extends Error {
  override readonly name = 'NoDaemon';
  /** It took the question, and has said nothing within the time. */
  readonly hangs: boolean;

  constructor(message: string, { hangs = false, cause }: { hangs?: boolean; cause?: unknown } = {}) {
    super(message, { cause });
    this.hangs = hangs;
  }
}

export interface DaemonAsk {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** Default as `TREELINE_RUNNER_HTTP_TIMEOUT` says. */
  readonly timeoutMs?: number | undefined;
}

/** Resolves with the parsed answer. Rejects with NoDaemon, or an Error with the daemon's own message. */
export async function askDaemon(home: Home, ask: DaemonAsk): Promise<unknown> {
  const state = await readRunnerState(home);
  if (state === undefined) throw new NoDaemon(`No daemon has run for ${home.path} yet.`);
  const { status, text } = await send(state.controlSocket, ask);
  const value: unknown = JSON.parse(text);
  if (status < 400) return value;
  const said = z.object({ error: Problem }).safeParse(value);
  if (said.success) throw TreelineError.fromProblem(said.data.error);
  throw new Error(`The daemon refused ${ask.path}: ${text.trim()}`);
}

function send(
  socketPath: string,
  { method, path, body, timeoutMs }: DaemonAsk,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const timeout = timeoutMs ?? readSettings().controlTimeoutMs;
    const outgoing = request({ socketPath, method, path, timeout }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    outgoing.on('timeout', () => outgoing.destroy(new NoDaemon('The daemon does not answer.', { hangs: true })));
    outgoing.on('error', (cause) => {
      reject(cause instanceof NoDaemon ? cause : new NoDaemon(`No daemon answers: ${cause.message}`, { cause }));
    });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
