/** The agent's process: in a group of its own, spoken to over stdin and stdout, and ended with everything it started. */
import { stat } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { killGroup, pauseGroup } from '../../process/identity.ts';
import { AgentStartError, type Launcher } from '../agent.ts';
import { spawnTalking, type AgentProcess } from '../spawn.ts';

/** Of stderr, for people; the rest is dropped. */
const STDERR_TAIL_CHARS = 4096;
/** After the exit, for output that is still in the pipes. A grandchild may hold them open for ever. */
const DRAIN_MS = 200;

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface AgentChild {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves once: the process is gone, its output is drained, and what it left running was killed. */
  readonly exited: Promise<ChildExit>;
  stderrTail(): string;
  /** Closes stdin; SIGTERM after `eofMs`, SIGKILL `termMs` later. Resolves with the exit. */
  end(times: { eofMs: number; termMs: number }): Promise<ChildExit>;
  kill(): Promise<ChildExit>;
  /** Stops or continues it with its group. */
  pause(on: boolean): void;
}

export interface ChildCommand {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly launch: Launcher;
  /** What to do when the program is missing. */
  readonly installHint?: string | undefined;
}

/** Rejects with an AgentStartError when the program or the folder is not there. */
export async function startChild({
  command: own,
  cwd,
  env: wanted,
  launch,
  installHint,
}: ChildCommand): Promise<AgentChild> {
  if (own[0] === undefined) {
    throw new AgentStartError('no command is set for this agent', {
      reason: 'config',
      detail: 'Give it one in the agents file: {"command": ["program", "argument"]}.',
    });
  }
  await checkFolder(cwd);
  const launched = await launch({ command: own, cwd, env: wanted });
  const child = await spawnTalking(launched, { cwd }).catch((cause: Error) => {
    throw cause instanceof AgentStartError ? cause : notStarted(launched.command[0] ?? '', cause, installHint);
  });
  return watch(child, launched.wrapped);
}

function watch(child: AgentProcess<Writable>, leaderWaits: boolean): AgentChild {
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL_CHARS);
  });
  // A pipe breaks when the agent dies, which shows in its exit.
  const ignore = (): undefined => undefined;
  for (const emitter of [child, child.stdin, child.stdout, child.stderr]) emitter.on('error', ignore);

  const drained = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('exit', (code, signal) => {
      const left = child.pid === undefined ? undefined : killGroup(child.pid, 'kill');
      void Promise.all([left, Promise.race([drained, sleep(DRAIN_MS)])]).then(() => resolve({ code, signal }));
    });
  });
  const signal = (strength: 'stop' | 'kill', graceMs?: number) =>
    child.pid === undefined ? undefined : killGroup(child.pid, strength, { graceMs, leaderWaits });

  return {
    stdin: child.stdin,
    stdout: child.stdout,
    exited,
    stderrTail: () => stderr.trim(),
    async end({ eofMs, termMs }) {
      child.stdin.end();
      const patience = new AbortController();
      const left = await Promise.race([exited, sleep(eofMs, undefined, { signal: patience.signal })]);
      patience.abort();
      if (left === undefined) await signal('stop', termMs);
      return exited;
    },
    pause(on) {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) pauseGroup(child.pid, on);
    },
    async kill() {
      if (child.exitCode === null && child.signalCode === null) await signal('kill');
      return exited;
    },
  };
}

async function checkFolder(cwd: string): Promise<void> {
  const found = await stat(cwd).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  throw new AgentStartError(`the working folder ${cwd} is not there`, {
    reason: 'config',
    detail: found === undefined ? 'No such folder.' : 'It is not a folder.',
  });
}

function notStarted(program: string, cause: Error, installHint: string | undefined): AgentStartError {
  const code = 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') {
    const detail =
      installHint ?? 'Install it, put it on the PATH of the runner, or correct the command in the agents file.';
    return new AgentStartError(`${program} was not found`, { reason: 'config', detail, cause });
  }
  const detail = code === 'EACCES' ? `${program} may not be executed by this user.` : cause.message;
  return new AgentStartError(`${program} could not be started`, { reason: 'config', detail, cause });
}
