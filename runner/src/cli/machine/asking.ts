/** Asking the daemon of a folder on this machine: what several commands share. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { readSettings } from '../../config.ts';
import { SessionRow } from '../../daemon/control-server.ts';
import { askDaemon, type DaemonAsk, NoDaemon } from '../../home/control-client.ts';
import { findCredentials } from '../../home/credentials.ts';
import type { Home } from '../../home/home.ts';
import { findHolder } from '../../home/lock.ts';
import { RunnerState } from '../../home/state-file.ts';
import { CliError, EXIT } from '../exit.ts';

const LOOK_MS = 50;

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

export function doesNotAnswer(home: Home, pid: number): CliError {
  return new CliError(EXIT.timedOut, {
    code: 'timed_out',
    message: `The daemon of ${home.path} (process ${pid}) does not answer.`,
    hint: 'One that hangs is replaced within 15 s; treeline runner restart --force does it now. Sessions go on.',
  });
}

/** What the daemon says of itself; undefined when none runs. Throws NoDaemon when one runs and does not answer. */
export async function askStatus(home: Home): Promise<RunnerState | undefined> {
  if ((await findHolder(home)) === undefined) return undefined;
  return RunnerState.parse(await askDaemon(home, { method: 'GET', path: '/status' }));
}

/** Sessions of a daemon that runs. Throws a CliError when none does. */
export async function askSessions(home: Home): Promise<SessionRow[]> {
  const answer = await askRunning(home, { method: 'GET', path: '/sessions' });
  return z.object({ sessions: z.array(SessionRow) }).parse(answer).sessions;
}

/** Asks for something that only a running daemon can do; throws a CliError when none runs. */
export function tellDaemon(home: Home, ask: Omit<DaemonAsk, 'method'>): Promise<unknown> {
  return askRunning(home, { method: 'POST', ...ask });
}

/** One that is being started, for the first time or again, is waited for: a moment's gap is nothing to bother people with. */
async function askRunning(home: Home, ask: DaemonAsk): Promise<unknown> {
  const until = performance.now() + readSettings().controlTimeoutMs;
  for (;;) {
    const daemon = await findHolder(home);
    if (daemon === undefined && (await findHolder(home, 'supervisor')) === undefined) throw notRunning(home);
    try {
      if (daemon !== undefined) return await askDaemon(home, ask);
    } catch (error) {
      if (!(error instanceof NoDaemon)) throw error;
      if (error.hangs) throw doesNotAnswer(home, daemon?.pid ?? 0);
    }
    if (performance.now() > until) throw daemon === undefined ? starting(home) : doesNotAnswer(home, daemon.pid);
    await sleep(LOOK_MS);
  }
}

function starting(home: Home): CliError {
  return new CliError(EXIT.timedOut, {
    code: 'timed_out',
    message: `The daemon of ${home.path} is still being started.`,
    hint: 'Look again in a moment: treeline runner status, or treeline runner logs.',
  });
}
