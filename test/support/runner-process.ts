/** A runner: a folder that has joined a relay, and its daemon as a process that can be killed and started again. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { newId, type RunnerId, type SessionId } from '@treeline/shared';
import type { CliResult } from './cli.ts';
import { startProgram, type Environment, type Program } from './processes.ts';
import { bundle } from './programs.ts';
import type { RelayProcess } from './relay-process.ts';
import { until } from './until.ts';

/** An agent as agents.json describes it. */
export interface AgentEntry {
  readonly kind: 'pi' | 'acp' | 'command';
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly passEnv?: readonly string[];
}

export interface RunnerOptions {
  readonly relay: RelayProcess;
  readonly name: string;
  /** The runner's folder. */
  readonly home: string;
  readonly env: Environment;
  readonly cli: (args: readonly string[], options: { env: Environment; stdin?: string }) => Promise<CliResult>;
  readonly agents?: Readonly<Record<string, AgentEntry>> | undefined;
  /** Fields of config.json. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
}

/** What happens to the workers when their daemon is stopped in order. */
type WorkersAtStop = 'leave' | 'sleep' | 'stop' | 'kill';

export interface RunnerProcess {
  readonly id: RunnerId;
  readonly name: string;
  readonly home: string;
  readonly pid: number;
  /** kill -9 of the daemon; its workers are left alone. */
  kill9(): Promise<void>;
  /** Stops the daemon in order; the workers as told. */
  stop(workers: WorkersAtStop): Promise<void>;
  /** After kill9 or stop. Resolves when the relay has it online again, unless told not to wait. */
  start(options?: { wait?: boolean }): Promise<void>;
  /** Pid of the session's worker; undefined before there is one. */
  workerPid(session: SessionId): number | undefined;
  sessionFolder(session: SessionId): string;
  log(): string;
}

export async function startRunner(options: RunnerOptions): Promise<RunnerProcess> {
  const { relay, name, home, cli, agents = {}, config = {} } = options;
  const env = { ...options.env, TREELINE_HOME: home };
  await mkdir(home, { recursive: true, mode: 0o700 });
  await writeFile(join(home, 'agents.json'), JSON.stringify(agents), { mode: 0o600 });
  await writeFile(join(home, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  const { secret } = await relay.api.createKey({ body: { kind: 'join', name } });
  void cli;
  const id = newId('runner');
  const r = await fetch(`${relay.url}/api/v1/runners/join`, { method: 'POST', headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }, body: JSON.stringify({ runner: { id, name, version: '0', platform: 'x', labels: {}, capacity: 8, agents: [{ name: 'scripted', kind: 'scripted' }], defaultAgent: 'scripted' } }) });
  const { key } = (await r.json()) as { key: string };
  await writeFile(join(home, 'runner.json'), JSON.stringify({ id, name }));
  await writeFile(join(home, 'credentials.json'), JSON.stringify({ relays: [relay.url], key }), { mode: 0o600 });
  const isOnline = async (): Promise<boolean> => {
    const { runners } = await relay.api.listRunners();
    return runners.some((runner) => runner.id === id && runner.online);
  };
  const launch = () => startProgram(bundle('treeline.mjs'), ['_daemon'], { env, cwd: home });
  const log = () => readIfThere(join(home, 'logs', 'daemon.log'));
  let program: Program = launch();
  const ready = async (): Promise<void> => {
    await until(`runner ${name} is connected`, () => {
      if (!program.running) throw new Error(`the daemon ended: ${program.stderr} ${log()}`);
      const state = readIfThere(join(home, 'runner.state.json'));
      if (state === '') return false;
      const { pid, connected } = JSON.parse(state) as { pid: number; connected: boolean };
      return pid === program.pid && connected;
    });
    await until(`runner ${name} is online`, isOnline);
  };
  const sessionFolder = (session: SessionId) => join(home, 'sessions', session);
  await ready();
  return {
    id,
    name,
    home,
    get pid() {
      return program.pid;
    },
    async kill9() {
      await program.end('SIGKILL');
    },
    async stop(workers) {
      if (!program.running) return;
      await askToStop(home, workers);
      const code = await program.exited;
      if (code !== 0) throw new Error(`the daemon of ${name} did not stop in order (${code}): ${log()}`);
    },
    async start({ wait = true } = {}) {
      program = launch();
      if (wait) await ready();
    },
    workerPid(session) {
      const text = readIfThere(join(sessionFolder(session), 'worker.json'));
      return text === '' ? undefined : (JSON.parse(text) as { pid: number }).pid;
    },
    sessionFolder,
    log,
  };
}

/** Over the daemon's control socket, as the command line does. */
async function askToStop(home: string, workers: WorkersAtStop): Promise<void> {
  const { controlSocket } = JSON.parse(readFileSync(join(home, 'runner.state.json'), 'utf8')) as {
    controlSocket: string;
  };
  await new Promise<void>((resolve, reject) => {
    const stop = request({ socketPath: controlSocket, method: 'POST', path: '/stop' }, (response) => {
      response.resume();
      response.once('end', () => resolve());
    });
    stop.once('error', reject);
    stop.end(JSON.stringify({ workers }));
  });
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
