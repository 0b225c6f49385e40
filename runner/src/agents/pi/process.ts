/** The process of a pi: a group of its own, lines in and out, and an end that leaves nothing running. */
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { killGroup, pauseGroup } from '../../process/identity.ts';
import type { Launcher } from '../agent.ts';
import { spawnTalking } from '../spawn.ts';

/** Of stderr, for people; the rest is dropped. */
const STDERR_TAIL_CHARS = 4096;
/** After the exit, for output that is still in the pipe. */
const DRAIN_MS = 200;
/** After stdin is closed pi ends by itself; then SIGTERM; then SIGKILL. */
const TERM_AFTER_MS = 2_000;
const KILL_AFTER_TERM_MS = 3_000;
const KILL_ROUNDS = 3;
/** Inherited by all that pi starts. It puts its tools into groups of their own, which outlive a pi that is killed. */
const MARK = 'TREELINE_PI';

export interface PiExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface PiCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly launch: Launcher;
  /** See LaunchWish. */
  readonly reads: string;
  readonly keepsIn: string;
  /** One line of stdout, without its newline. */
  readonly onLine: (line: string) => void;
}

export class PiProcess {
  readonly #child: ChildProcess;
  readonly #pid: number;
  readonly #wrapped: boolean;
  #stderr = '';
  /** Resolves once: pi is gone, its output is read, and nothing that it started is left. */
  readonly exited: Promise<PiExit>;

  private constructor(child: ChildProcess, { pid, mark, wrapped }: { pid: number; mark: string; wrapped: boolean }) {
    this.#child = child;
    this.#pid = pid;
    this.#wrapped = wrapped;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL_CHARS);
    });
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        void killMarked(mark)
          .then(() => Promise.race([closed, sleep(DRAIN_MS)]))
          .then(() => resolve({ code, signal }));
      });
    });
  }

  /** Rejects with the system's error when the program cannot be started. */
  static async start({
    program: own,
    args: ownArgs,
    env: wanted,
    launch,
    onLine,
    ...wish
  }: PiCommand): Promise<PiProcess> {
    const mark = randomUUID();
    const marked = { ...wanted, [MARK]: mark };
    const launched = await launch({ ...wish, command: [own, ...ownArgs], env: marked });
    const child = await spawnTalking(launched, wish);
    // A pipe that breaks is seen as the exit of the process.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => undefined);
    readLines(child.stdout.setEncoding('utf8'), onLine);
    child.on('error', () => undefined);
    if (child.pid === undefined) throw new Error(`${own} has no process id`);
    return new PiProcess(child, { pid: child.pid, mark, wrapped: launched.wrapped });
  }

  stderrTail(): string {
    return this.#stderr.trim();
  }

  write(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Stops or continues it with its group. */
  pause(on: boolean): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) pauseGroup(this.#pid, on);
  }

  /** stop: closes stdin, then SIGTERM, then SIGKILL. Resolves when it is gone. */
  async end(strength: 'stop' | 'kill'): Promise<void> {
    if (strength === 'kill') {
      if (this.#child.exitCode === null && this.#child.signalCode === null) await killGroup(this.#pid, 'kill');
    } else {
      this.#child.stdin?.end();
      const patience = { graceMs: KILL_AFTER_TERM_MS, leaderWaits: this.#wrapped };
      const term = setTimeout(() => void killGroup(this.#pid, 'stop', patience), TERM_AFTER_MS);
      await this.exited;
      clearTimeout(term);
    }
    await this.exited;
  }
}

/** Splits on LF only: U+2028 and U+2029 stand unescaped in JSON strings. */
function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.on('data', (text: string) => {
    const lines = text.split('\n');
    lines[0] = rest + (lines[0] ?? '');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(line);
  });
}

/** Ends what still runs with this mark in its environment. Linux only: elsewhere a tool of a killed pi runs to its end. */
async function killMarked(mark: string): Promise<void> {
  if (process.platform !== 'linux') return;
  // What is killed may just have started something; what hangs in the kernel cannot be killed at all.
  for (let round = 0; round < KILL_ROUNDS; round += 1) {
    const left = marked(mark);
    if (left.length === 0) return;
    for (const pid of left) await killGroup(pid, 'kill');
  }
}

function marked(mark: string): number[] {
  const line = `${MARK}=${mark}\0`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && environment(name).includes(line))
    .map(Number);
}

function environment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return ''; // It has ended, or is another user's.
  }
}
