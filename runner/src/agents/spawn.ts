/** Starts what a launcher has prepared: in a group of its own, so that stopping reaches everything that the agent starts. */
import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { Readable, type Writable } from 'node:stream';
import { AgentStartError, type Launch } from './agent.ts';

/** Where a wrapper says, by a byte, that what it wraps is about to run; closed either way. */
export const READY_FD = 3;

/** Of stderr, for people; the rest is dropped. */
const STDERR_TAIL_CHARS = 4096;

export type AgentProcess<Input extends Writable | null> = ChildProcessByStdio<Input, Readable, Readable>;

export interface SpawnOptions {
  readonly cwd: string;
}

/** With its standard input open. Rejects with the system's error, or an AgentStartError of the wrapper, when the program does not start. */
export function spawnTalking(launch: Launch, options: SpawnOptions): Promise<AgentProcess<Writable>> {
  return start(launch, options, 'pipe') as Promise<AgentProcess<Writable>>;
}

/** With nothing to read. */
export function spawnDeaf(launch: Launch, options: SpawnOptions): Promise<AgentProcess<null>> {
  return start(launch, options, 'ignore') as Promise<AgentProcess<null>>;
}

/** A signal that comes before the wrapped program is there would be lost: so it is waited for, or for the wrapper's end. */
async function start({ command, env, wrapped }: Launch, { cwd }: SpawnOptions, stdin: 'pipe' | 'ignore') {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd,
    env: { ...env },
    detached: true,
    stdio: [stdin, 'pipe', 'pipe', ...(wrapped ? ['pipe' as const] : [])],
  });
  await once(child, 'spawn');
  const ready = child.stdio[READY_FD];
  if (ready instanceof Readable && !(await saysSomething(ready))) throw await endedBefore(child);
  return child;
}

/** Resolves with its first byte, or without one when it is closed. */
function saysSomething(ready: Readable): Promise<boolean> {
  return new Promise((resolve) => {
    ready.once('data', () => resolve(true));
    ready.once('close', () => resolve(false));
    ready.once('error', () => resolve(false));
  });
}

async function endedBefore(child: ChildProcess): Promise<AgentStartError> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-STDERR_TAIL_CHARS)));
  child.stdin?.destroy();
  child.stdout?.destroy();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  if (child.stderr?.closed === false) await once(child.stderr, 'close');
  return new AgentStartError('The agent was not started: its isolation could not be had, or does not hold', {
    reason: 'config',
    detail: said.trim(),
  });
}
