/** Real child processes whose ends can be awaited, and finding whoever carries a mark in its environment. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

export type Environment = Readonly<Record<string, string>>;

export interface Program {
  readonly pid: number;
  /** What it said on stdout and stderr so far. */
  readonly stdout: string;
  readonly stderr: string;
  readonly running: boolean;
  write(text: string): void;
  endInput(): void;
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal and resolves with the exit code when it is gone; null when a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  readonly exited: Promise<number | null>;
}

/** Starts a Node program with exactly this environment. */
export function startProgram(
  file: string,
  args: readonly string[],
  options: { env: Environment; cwd: string },
): Program {
  const child = spawn(process.execPath, [file, ...args], { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  // It may be gone before it has read what it was given.
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'close').then(([code]) => code as number | null);
  // One that could not be started is told by pidOf.
  exited.catch(() => undefined);
  return {
    pid: pidOf(child),
    get stdout() {
      return said.stdout;
    },
    get stderr() {
      return said.stderr;
    },
    get running() {
      return child.exitCode === null && child.signalCode === null;
    },
    write: (text) => void child.stdin.write(text),
    endInput: () => void child.stdin.end(),
    signal: (signal) => void child.kill(signal),
    end(signal) {
      child.kill(signal);
      return exited;
    },
    exited,
  };
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('the program could not be started');
  return pid;
}

export interface MarkedProcess {
  readonly pid: number;
  readonly command: string;
}

/** Living processes with this text in their environment. Linux only; elsewhere none are found. */
export function processesWith(mark: string): MarkedProcess[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.flatMap((name) => {
    const environment = readProc(name, 'environ');
    if (!environment.includes(mark) || isDead(name)) return [];
    return [{ pid: Number(name), command: readProc(name, 'cmdline').replaceAll('\0', ' ').trim() }];
  });
}

/** kill -9; nothing when it is gone already. */
export function kill9(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isDead(String(pid));
  } catch {
    return false;
  }
}

/** A zombie only waits to be noticed by its parent. */
function isDead(pid: string): boolean {
  const state = readProc(pid, 'stat').split(') ').at(-1)?.[0];
  return process.platform === 'linux' && (state === undefined || state === 'Z' || state === 'X');
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return ''; // It has ended, or is another user's.
  }
}
