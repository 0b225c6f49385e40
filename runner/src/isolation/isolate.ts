/** Starts an agent's program within the isolation of its runner, or not at all. */
import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { AgentStartError, type Launcher, type LaunchWish } from '../agents/agent.ts';
import { READY_FD } from '../agents/spawn.ts';
import { bubblewrap } from './bubblewrap.ts';
import type { Isolation } from './config.ts';
import { NOT_HELD_WORDS, proving } from './proof.ts';
import { viewOf, type Place } from './view.ts';
import { whyNot } from './why-not.ts';

export interface IsolateOptions {
  readonly isolation: Isolation;
  readonly place: Place;
  /** Files that this process sees and that the agent must not; those that are not there prove nothing and are left out. */
  readonly hidden: readonly string[];
}

const PROBE_MS = 10_000;
/** They name what is not mounted, and would only mislead. */
const NOT_INSIDE = new Set(['DBUS_SESSION_BUS_ADDRESS', 'SSH_AUTH_SOCK', 'XDG_RUNTIME_DIR', 'TMPDIR']);

/**
 * Wraps each command, after the same wrapper has been tried with a command that does nothing. What starts proves itself
 * once more: see proof.ts.
 */
export function isolate(options: IsolateOptions): Launcher {
  return async (wish) => {
    const before = await wrapperFor(options, wish);
    const env = insideOf(wish.env);
    const problem = await probe([...before, 'true'], { cwd: wish.cwd, env });
    if (problem !== undefined) throw notIsolated(problem);
    return { command: [...before, ...wish.command], env, wrapped: true };
  };
}

/** Why agents cannot be isolated so, with what to do about it; undefined: they can. */
export async function whyNotIsolated(
  options: IsolateOptions,
  { cwd, env }: Pick<LaunchWish, 'cwd' | 'env'>,
): Promise<string | undefined> {
  try {
    await isolate(options)({ command: ['/bin/sh'], cwd, env });
    return undefined;
  } catch (error) {
    if (error instanceof AgentStartError) return `${error.message}. ${error.detail}`;
    throw error;
  }
}

async function wrapperFor({ isolation, place, hidden }: IsolateOptions, wish: LaunchWish): Promise<string[]> {
  const { cwd } = wish;
  const mounts = await viewOf({ isolation, place, wish });
  const present = (await Promise.all(hidden.map((path) => isThere(path)))).flat();
  const proof = await proving({ cwd, network: isolation.network, hidden: present });
  return [...bubblewrap({ isolation, mounts, cwd }), ...proof];
}

async function isThere(path: string): Promise<string[]> {
  return access(path).then(
    () => [path],
    () => [],
  );
}

function insideOf(env: LaunchWish['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !NOT_INSIDE.has(name)));
}

/** Resolves with what went wrong, in the words of the wrapper or of the proof. */
function probe(
  [program = '', ...args]: readonly string[],
  { cwd, env }: Pick<LaunchWish, 'cwd' | 'env'>,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = '';
    const child = spawn(program, args, {
      cwd,
      env: { ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      timeout: PROBE_MS,
      killSignal: 'SIGKILL',
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
    let proven = false;
    child.stdio[READY_FD]?.on('data', () => (proven = true));
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(code === 0 && proven ? undefined : said.trim() || `it ended by ${signal ?? `exit code ${code}`}`),
    );
  });
}

function notIsolated(problem: string): AgentStartError {
  const message = problem.includes(NOT_HELD_WORDS)
    ? 'The isolation of agents does not hold'
    : 'Agents cannot be isolated on this machine';
  return new AgentStartError(message, { reason: 'config', detail: `${whyNot(problem)}\n${problem}` });
}
