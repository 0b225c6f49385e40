/** Starting, asking and ending the runner of a folder on this machine: what several commands share. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkersAtStop } from '../daemon/control-server.ts';
import { SessionRow } from '../daemon/control-server.ts';
import { askDaemon, NoDaemon } from '../home/control-client.ts';
import { findCredentials } from '../home/credentials.ts';
import type { Home } from '../home/home.ts';
import { findHolder } from '../home/lock.ts';
import { RunnerState } from '../home/state-file.ts';
import { currentBundle } from '../upgrade/versions.ts';
import { supervisorCommand } from '../programs.ts';
import { z } from 'zod';
import { CliError, EXIT } from './exit.ts';

const LOOK_MS = 50;
const STOPPED_WITHIN_MS = 30_000;

export const daemonLog = (home: Home): string => join(home.logs, 'daemon.log');
const supervisorLog = (home: Home): string => join(home.logs, 'supervisor.log');

/** Throws a CliError when this folder has joined no relay. */
export async function requireJoined(home: Home): Promise<void> {
  if ((await findCredentials(home)) !== undefined) return;
  throw new CliError(EXIT.notAllowed, {
    code: 'not_joined',
    message: `The runner of ${home.path} has joined no relay yet: it has no key.`,
    hint: 'Join one: treeline key create NAME --join where you are logged in, then treeline runner join URL here.',
  });
}

export function notRunning(home: Home): CliError {
  return new CliError(EXIT.notFound, {
    code: 'not_running',
    message: `The runner of ${home.path} does not run.`,
    hint: 'Start it: treeline runner start',
  });
}

/** What the daemon says of itself; undefined when none runs. Throws NoDaemon when one runs and does not answer. */
export async function askStatus(home: Home): Promise<RunnerState | undefined> {
  if ((await findHolder(home)) === undefined) return undefined;
  return RunnerState.parse(await askDaemon(home, { method: 'GET', path: '/status' }));
}

/** Sessions of a daemon that runs. */
export async function askSessions(home: Home): Promise<SessionRow[]> {
  const answer = await askDaemon(home, { method: 'GET', path: '/sessions' });
  return z.object({ sessions: z.array(SessionRow) }).parse(answer).sessions;
}

/** Asks for something that only a running daemon can do; throws a CliError when none runs. */
export async function tellDaemon(
  home: Home,
  ask: { path: string; body?: unknown; timeoutMs?: number },
): Promise<unknown> {
  if ((await findHolder(home)) === undefined) throw notRunning(home);
  return askDaemon(home, { method: 'POST', ...ask });
}

/** Starts the supervisor as a process that outlives this terminal, and waits until the relay has the runner online. */
export async function startDetached(home: Home, withinMs: number): Promise<RunnerState> {
  return registered(home, withinMs, launch(home));
}

/** Waits until the relay has the runner online. Throws a CliError that says precisely why it has not. */
export async function registered(home: Home, withinMs: number, launched?: ChildProcess): Promise<RunnerState> {
  const until = performance.now() + withinMs;
  let problem = 'its daemon is still starting';
  while (performance.now() < until) {
    const state = await stateOf(home);
    if (state?.link.state === 'online') return state;
    if (state?.link.state === 'refused') throw refused(home, state.link.problem);
    if (state?.link.state === 'superseded') throw refused(home, state.link.problem);
    if (state?.link.state === 'connecting') problem = `no link to ${state.relay} yet${becauseOf(state.link.problem)}`;
    if (launched !== undefined && launched.exitCode !== null && (await findHolder(home)) === undefined) {
      throw await gaveUp(home);
    }
    await sleep(LOOK_MS);
  }
  throw new CliError(EXIT.runnerOffline, {
    code: 'runner_offline',
    message: `The runner runs, but is not online after ${withinMs / 1000} s: ${problem}`,
    hint: `It goes on trying. Its log is ${daemonLog(home)}; treeline runner stop ends it.`,
  });
}

const becauseOf = (problem: string | undefined): string => (problem === undefined ? '' : `: ${problem}`);

function launch(home: Home): ChildProcess {
  const log = openSync(supervisorLog(home), 'w', 0o600);
  const [program = '', bundle = '', ...args] = supervisorCommand(home.path);
  const child = spawn(program, [currentBundle(home.path) ?? bundle, ...args], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: home.path,
  });
  child.unref();
  closeSync(log);
  return child;
}

async function stateOf(home: Home): Promise<RunnerState | undefined> {
  try {
    return await askStatus(home);
  } catch (error) {
    if (error instanceof NoDaemon) return undefined;
    throw error;
  }
}

function refused(home: Home, why: string): CliError {
  return new CliError(EXIT.runnerOffline, {
    code: 'runner_refused',
    message: `The runner runs, but the relay does not take it: ${why}`,
    hint: `Join again with a new token: treeline runner join URL. Its log is ${daemonLog(home)}.`,
  });
}

async function gaveUp(home: Home): Promise<CliError> {
  const said = (await readFile(supervisorLog(home), 'utf8').catch(() => '')).trim();
  const why =
    said
      .split('\n')
      .find((line) => line.startsWith('error '))
      ?.slice('error '.length) ?? said;
  return new CliError(EXIT.failed, {
    code: 'runner_ended',
    message: `The runner ended at once: ${why === '' ? 'it did not say why' : why}`,
    hint: `Its logs are ${supervisorLog(home)} and ${daemonLog(home)}.`,
  });
}

/**
 * Ends the daemon in order and waits until it is gone. Resolves with whether one ran. A daemon that does not answer is
 * killed with `force`; its sessions' workers are spared even then, unless told otherwise.
 */
export async function stopDaemon(
  home: Home,
  { workers, force = false }: { workers: WorkersAtStop; force?: boolean },
): Promise<boolean> {
  const holder = await findHolder(home);
  if (holder === undefined) return false;
  try {
    await askDaemon(home, { method: 'POST', path: '/stop', body: { workers } });
  } catch (error) {
    if (!(error instanceof NoDaemon)) throw error;
    if (!force && (await findHolder(home)) !== undefined) throw doesNotAnswer(home, holder.pid);
    await killRunner(holder.pid);
  }
  const until = performance.now() + STOPPED_WITHIN_MS;
  while ((await findHolder(home)) !== undefined) {
    if (performance.now() > until) throw stillThere(home);
    await sleep(LOOK_MS);
  }
  return true;
}

/** The supervisor first, or it would start another daemon. Both are known by the lock, not by a name. */
async function killRunner(daemon: number): Promise<void> {
  const { findProcess } = await import('../process/process-table.ts');
  const parent = findProcess(daemon)?.parent;
  if (parent !== undefined && parent > 1 && (await isSupervisor(parent))) process.kill(parent, 'SIGKILL');
  process.kill(daemon, 'SIGKILL');
}

/** A service manager, or `treeline up`, is not ours to kill. */
async function isSupervisor(pid: number): Promise<boolean> {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  return words.includes('runner') && words.some((word) => word.endsWith('treeline.mjs'));
}

function doesNotAnswer(home: Home, pid: number): CliError {
  return new CliError(EXIT.timedOut, {
    code: 'timed_out',
    message: `The daemon of ${home.path} (process ${pid}) does not answer.`,
    hint: 'treeline runner stop --force kills it; its sessions go on.',
  });
}

function stillThere(home: Home): CliError {
  return new CliError(EXIT.timedOut, {
    code: 'timed_out',
    message: `The daemon of ${home.path} still runs after ${STOPPED_WITHIN_MS / 1000} s.`,
    hint: `It may be waiting for sessions; its log is ${daemonLog(home)}. treeline runner stop --force does not wait.`,
  });
}

/** Stops the runner and starts it again, by systemd where that started it; sessions go on. One that does not run is started. */
export async function restartRunner(
  home: Home,
  { withinMs, force = false }: { withinMs: number; force?: boolean },
): Promise<{ state: RunnerState; wasRunning: boolean }> {
  const holder = await findHolder(home);
  const unit = holder === undefined ? undefined : await unitOf(holder.pid);
  if (holder === undefined || unit === undefined) {
    const wasRunning = await stopDaemon(home, { workers: 'leave', force });
    return { state: await startDetached(home, withinMs), wasRunning };
  }
  await systemctl(unit, 'restart');
  const until = performance.now() + withinMs;
  while ((await findHolder(home))?.pid === holder.pid && performance.now() < until) await sleep(LOOK_MS);
  return { state: await registered(home, withinMs), wasRunning: true };
}

interface Unit {
  readonly name: string;
  readonly own: readonly string[];
}

/** The systemd unit of `runner install` in which a process runs. */
async function unitOf(pid: number): Promise<Unit | undefined> {
  const cgroup = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  const name = /\/(treeline-runner[\w.@-]*\.service)$/m.exec(cgroup)?.[1];
  if (name === undefined) return undefined;
  return { name, own: cgroup.includes('/user@') ? ['--user'] : [] };
}

async function systemctl({ name, own }: Unit, verb: string): Promise<void> {
  const { promisify } = await import('node:util');
  const { execFile } = await import('node:child_process');
  try {
    await promisify(execFile)('systemctl', [...own, verb, name]);
  } catch (cause) {
    throw new CliError(EXIT.failed, {
      code: 'failed',
      message: `systemd, which runs it, did not ${verb} ${name}: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: `By hand: ${own.length > 0 ? 'systemctl --user' : 'sudo systemctl'} ${verb} ${name}`,
      cause,
    });
  }
}
