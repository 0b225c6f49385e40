/** Talking to the daemon of this machine over its control socket. */
import { request } from 'node:http';
import { z } from 'zod';
import { type RunnerState, RunnerState as RunnerStateSchema } from '../home/state-file.ts';

const PATIENCE_MS = 5000;

export type WorkersAtStop = 'leave' | 'sleep' | 'stop' | 'kill';

/** What the daemon does now; undefined when none listens there. */
export async function daemonState(socketPath: string): Promise<RunnerState | undefined> {
  const answer = await call({ socketPath, method: 'GET', path: '/status' });
  return answer === undefined ? undefined : RunnerStateSchema.parse(answer);
}

/** Asks the daemon to stop; false when none listens there. It goes on stopping after this resolves. */
export async function stopDaemon(socketPath: string, workers: WorkersAtStop): Promise<boolean> {
  const answer = await call({ socketPath, method: 'POST', path: '/stop', body: { workers } });
  return answer !== undefined && z.object({ stopping: z.literal(true) }).safeParse(answer).success;
}

interface Call {
  readonly socketPath: string;
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

const GONE = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET'];

function call({ body, ...options }: Call): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...options, timeout: PATIENCE_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`the daemon answered ${response.statusCode}: ${text}`));
      });
    });
    sent.on('timeout', () => sent.destroy(new Error(`the daemon does not answer at ${options.socketPath}`)));
    sent.on('error', (error) => {
      if ('code' in error && GONE.includes(String(error.code))) resolve(undefined);
      else reject(error);
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
