/**
 * One worker process, known exactly by pid, start time and boot. A worker leads a process group of its own and outlives
 * the daemon; one that an earlier daemon started is adopted.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { identify, isAlive, killGroup, type ProcessIdentity } from '../process/identity.ts';
import { readJson } from '../process/files.ts';
import { WorkerFile, type SessionPaths } from '../process/session-folder.ts';

/** An adopted worker is looked at this often; one whose socket closed, more often. */
const WATCH_MS = 1000;
const SUSPECT_MS = 50;

/** How a worker ended. Of an adopted one only that it did is known. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set when it could not even be started. */
  readonly problem?: string;
}

export interface WorkerProcess {
  readonly identity: ProcessIdentity;
  /** Resolves once, when the process is proven dead. */
  readonly exited: Promise<WorkerExit>;
  /** Its socket closed: look closely whether it died. */
  suspect(): void;
  /** Kills it with everything that it started and resolves when all are gone. */
  kill(): Promise<void>;
}

export interface WorkerCommand {
  readonly command: readonly string[];
  readonly paths: SessionPaths;
  readonly env: Record<string, string>;
}

/** Starts a worker on a session's folder. Rejects when the program cannot be started. */
export async function startWorker({ command, paths, env }: WorkerCommand): Promise<WorkerProcess> {
  const [program = '', ...args] = command;
  const log = await open(paths.workerLog, 'a', 0o600);
  try {
    const child = spawn(program, [...args, paths.folder], {
      cwd: paths.folder,
      detached: true,
      // Where Node has one (22.1), compiled code is kept: the next worker starts faster.
      env: { ...env, NODE_COMPILE_CACHE: join(paths.folder, '..', '..', 'run', 'compiled') },
      stdio: ['ignore', log.fd, log.fd],
    });
    const exited = exitOf(child);
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity === undefined) {
      const { problem, code, signal } = await exited;
      throw new Error(problem ?? `the worker ended at once (${signal ?? `exit code ${code}`})`);
    }
    child.unref();
    return { identity, exited, suspect: () => undefined, kill: () => kill(identity) };
  } finally {
    await log.close();
  }
}

function exitOf(child: ChildProcess): Promise<WorkerExit> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, problem: error.message }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

/** The living worker of an attempt, by its own word in worker.json. */
export async function findWorker(paths: SessionPaths, attempt: number): Promise<ProcessIdentity | undefined> {
  const read = await readJson(paths.worker, WorkerFile);
  return read.found && read.value.attempt === attempt && isAlive(read.value) ? read.value : undefined;
}

/** Watches a worker that is not this process's child. */
export function adoptWorker(identity: ProcessIdentity): WorkerProcess {
  let look: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const exited = new Promise<WorkerExit>((resolve) => {
    let suspected = 0;
    const watch = (): void => {
      if (!isAlive(identity)) return resolve({ code: null, signal: null });
      suspected = Math.max(0, suspected - 1);
      timer = setTimeout(watch, suspected > 0 ? SUSPECT_MS : WATCH_MS);
      timer.unref();
    };
    look = () => {
      suspected = WATCH_MS / SUSPECT_MS;
      clearTimeout(timer);
      watch();
    };
    watch();
  });
  return {
    identity,
    exited,
    suspect: () => look(),
    kill: async () => {
      await kill(identity);
      look();
    },
  };
}

async function kill(identity: ProcessIdentity): Promise<void> {
  if (isAlive(identity)) await killGroup(identity.pid, 'kill');
}
