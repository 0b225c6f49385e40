/** A runner: a folder that has joined a relay, and its supervisor and daemon as processes that can be killed and started again. */
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunnerId, SessionId } from '@treeline/shared';
import type { CliResult } from './cli.ts';
import { isAlive, startProgram, type Environment, type Program } from './processes.ts';
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

/** What happens to the workers when the runner is stopped in order. */
type SessionsAtStop = 'leave' | 'sleep' | 'stop' | 'kill';

export interface RunnerStatus {
  readonly online: boolean;
  /** Sessions that the daemon has a living worker of. */
  readonly live: number;
}

export interface RunnerProcess {
  readonly id: RunnerId;
  readonly name: string;
  readonly home: string;
  /** Of the daemon that last said it is there. */
  readonly daemonPid: number;
  /** kill -9 of the daemon; its supervisor starts another one. */
  killDaemon(): void;
  /** kill -9 of supervisor and daemon: nothing of the runner is left but the workers. */
  crash(): Promise<void>;
  /** `treeline runner stop`. */
  stop(sessions: SessionsAtStop): Promise<void>;
  /** After crash or stop. Resolves when the relay has it online again. */
  start(): Promise<void>;
  /** `treeline runner join` with a new token, to a relay that knows it no longer. */
  join(): Promise<void>;
  /** `treeline runner status`. */
  status(): Promise<RunnerStatus>;
  /** Pid of the session's worker; undefined before there is one. */
  workerPid(session: SessionId): number | undefined;
  /** The session's file on this runner, as text; empty when it is not there. */
  sessionFile(session: SessionId, name: 'log' | 'inbox' | 'worker.log'): string;
  sessionFolder(session: SessionId): string;
  log(): string;
}

export async function startRunner(options: RunnerOptions): Promise<RunnerProcess> {
  const { relay, name, home, cli, agents = {}, config = {} } = options;
  const env = { ...options.env, TREELINE_HOME: home };
  await mkdir(home, { recursive: true, mode: 0o700 });
  await writeFile(join(home, 'agents.json'), JSON.stringify(agents), { mode: 0o600 });
  await writeFile(join(home, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  const joinRelay = async () => {
    const token = await cli(['key', 'create', name, '--join', '--json'], { env: {} });
    const { secret } = token.json<{ secret: string }>();
    const joined = await cli(['runner', 'join', relay.url, '--name', name, '--token-file', '-'], {
      env,
      stdin: secret,
    });
    if (joined.code !== 0) throw new Error(`the runner could not join: ${joined.stderr}`);
  };
  await joinRelay();
  const { id } = JSON.parse(await readFile(join(home, 'runner.json'), 'utf8')) as { id: RunnerId };

  const launch = () => startProgram(bundle('treeline.mjs'), ['runner', 'start', '--foreground'], { env, cwd: home });
  const log = () => readIfThere(join(home, 'logs', 'daemon.log'));
  const sessionFolder = (session: SessionId) => join(home, 'sessions', session);
  let supervisor: Program = launch();

  const connected = async (isIt: (daemonPid: number) => boolean): Promise<void> => {
    await until(`runner ${name} is connected`, () => {
      if (!supervisor.running) throw new Error(`the runner ended: ${supervisor.stderr} ${log()}`);
      const state = stateOf(home);
      return state !== undefined && state.connected && isIt(state.pid) && isAlive(state.pid);
    });
    await until(`runner ${name} is online`, async () => {
      const { runners } = await relay.api.listRunners();
      return runners.some((runner) => runner.id === id && runner.online);
    });
  };
  await connected(() => true);
  const daemonPid = () => stateOf(home)?.pid ?? 0;
  return {
    id,
    name,
    home,
    get daemonPid() {
      return daemonPid();
    },
    killDaemon: () => void process.kill(daemonPid(), 'SIGKILL'),
    async crash() {
      const daemon = daemonPid();
      const gone = supervisor.end('SIGKILL');
      process.kill(daemon, 'SIGKILL');
      await gone;
      await until('the daemon is gone', () => !isAlive(daemon));
    },
    async stop(sessions) {
      if (!supervisor.running && !isAlive(daemonPid())) return;
      const stopped = await cli(['runner', 'stop', '--sessions', sessions], { env });
      if (stopped.code !== 0) throw new Error(`the runner ${name} could not be stopped: ${stopped.stderr}`);
      const code = await supervisor.exited;
      if (code !== 0)
        throw new Error(`the runner ${name} did not end in order (${code}): ${supervisor.stderr} ${log()}`);
    },
    async start() {
      const before = daemonPid();
      supervisor = launch();
      await connected((pid) => pid !== before);
    },
    join: joinRelay,
    async status() {
      const shown = await cli(['runner', 'status', '--json'], { env });
      const { online, state } = shown.json<{ online: boolean; state?: { sessions: number } }>();
      return { online, live: state?.sessions ?? 0 };
    },
    workerPid(session) {
      const text = readIfThere(join(sessionFolder(session), 'worker.json'));
      return text === '' ? undefined : (JSON.parse(text) as { pid: number }).pid;
    },
    sessionFile: (session, file) => readIfThere(join(sessionFolder(session), file)),
    sessionFolder,
    log,
  };
}

function stateOf(home: string): { pid: number; connected: boolean } | undefined {
  const text = readIfThere(join(home, 'runner.state.json'));
  return text === '' ? undefined : (JSON.parse(text) as { pid: number; connected: boolean });
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
