/** A real runner: supervisor and daemon as processes, in a folder of their own. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunnerId, SessionId } from '@treeline/shared';
import { until } from '@treeline/test-support/until.ts';
import { bornAt } from '../measure.ts';
import { type Access, call, joinToken } from '../wire/api.ts';
import { DIST, startNode, stopChild } from './process.ts';

export interface RealRunner {
  readonly id: RunnerId;
  /** Of what runs now. */
  readonly pids: () => { readonly supervisor: number; readonly daemon: number };
  /** Stops supervisor and daemon and starts them anew; sessions go on. Resolves with ms from the daemon's birth to its registration. */
  restart(): Promise<number>;
  /** Pid of the session's worker, once it runs its agent. */
  worker(session: SessionId): Promise<number>;
  /** What the worker wrote of itself. */
  workerLog(session: SessionId): string;
  /** Kills the sessions and stops the runner. */
  stop(sessions: readonly SessionId[]): Promise<void>;
}

export interface RealRunnerOptions {
  readonly relay: Access;
  /** URLs of further relays on the same store. */
  readonly others?: readonly string[];
  readonly agents?: Readonly<Record<string, object>>;
  /** The relay to speak to at the end. */
  readonly last?: () => Access;
}

const CAPACITY = 1000;

export async function startRunner(options: RealRunnerOptions): Promise<RealRunner> {
  const { relay, others = [], agents = {} } = options;
  const home = await mkdtemp(join(tmpdir(), 'treeline-bench-runner-'));
  const env = { ...process.env, TREELINE_HOME: home };
  const treeline = (args: readonly string[]) =>
    startNode([join(DIST, 'treeline.mjs'), ...args], { env, cwd: home, stdio: ['pipe', 'ignore', 'inherit'] });
  await writeFile(join(home, 'agents.json'), JSON.stringify(agents), { mode: 0o600 });
  await writeFile(join(home, 'config.json'), JSON.stringify({ capacity: CAPACITY, roots: [home] }), { mode: 0o600 });
  const join_ = treeline(['runner', 'join', relay.url, '--name', `bench-${home.slice(-6)}`, '--token-file', '-']);
  join_.stdin?.end(`${await joinToken(relay, home.slice(-6))}\n`);
  const code = await new Promise((resolve) => join_.once('exit', resolve));
  if (code !== 0) throw new Error(`the runner could not join: ${String(code)}`);
  const credentials = JSON.parse(await readFile(join(home, 'credentials.json'), 'utf8')) as { relays: string[] };
  const relays = [...credentials.relays, ...others];
  await writeFile(join(home, 'credentials.json'), JSON.stringify({ ...credentials, relays }), { mode: 0o600 });

  const start = () => treeline(['runner', 'start', '--foreground']);
  const stateFile = join(home, 'runner.state.json');
  const registered = (before?: number) =>
    until('the daemon is connected', () => {
      const state = JSON.parse(readFileSync(stateFile, 'utf8')) as { pid: number; connected: boolean };
      return state.connected && state.pid !== before && { pid: state.pid, at: statSync(stateFile).mtimeMs };
    });
  let supervisor = start();
  const { id } = JSON.parse(await readFile(join(home, 'runner.json'), 'utf8')) as { id: RunnerId };
  let daemon = (await registered()).pid;
  const file = (session: SessionId, name: string) => join(home, 'sessions', session, name);
  const pidOf = (session: SessionId) =>
    (JSON.parse(readFileSync(file(session, 'worker.json'), 'utf8')) as { pid: number }).pid;
  return {
    id,
    pids: () => ({ supervisor: supervisor.pid ?? 0, daemon }),
    async restart() {
      await stopChild(supervisor);
      supervisor = start();
      const { pid, at } = await registered(daemon);
      daemon = pid;
      return at - bornAt(pid);
    },
    worker: (session) => until(`the worker of ${session} runs`, () => pidOf(session)),
    workerLog: (session) => readFileSync(file(session, 'worker.log'), 'utf8'),
    async stop(sessions) {
      const last = options.last?.() ?? relay;
      const stop = (session: SessionId) => call(last, `/sessions/${session}/stop`, { strength: 'kill' });
      await Promise.all(sessions.map(stop));
      await until('the workers are gone', () => sessions.every((session) => !existsSync(`/proc/${pidOf(session)}`)));
      await stopChild(supervisor);
      await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}
