/** Starting the runner of a folder on this machine, and starting it again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { daemonLogPath } from '../../daemon/log-path.ts';
import { readConfig } from '../../home/config.ts';
import { NoDaemon } from '../../home/control-client.ts';
import { readGaveUp } from '../../home/gave-up.ts';
import type { Home } from '../../home/home.ts';
import { readIdentity } from '../../home/identity.ts';
import { findHolder } from '../../home/lock.ts';
import type { RunnerState } from '../../home/state-file.ts';
import { ownBundle, supervisorCommand } from '../../programs.ts';
import { restartUnit, unitOf } from '../../service/unit-control.ts';
import { currentBundle } from '../../upgrade/versions.ts';
import { CliError, EXIT } from '../exit.ts';
import { askStatus } from './asking.ts';
import { stopRunner } from './stopping.ts';

const LOOK_MS = 50;
const REGISTERED_WITHIN_MS = 5000;
/** A machine that is busy or slow may need longer than that to load the daemon; then nothing is wrong yet. */
const LOADED_WITHIN_MS = 30_000;

const supervisorLog = (home: Home): string => join(home.logs, 'supervisor.log');

export interface Patience {
  /** Milliseconds until the relay has to have it; default 5 s, and up to 30 s while its daemon is still being loaded. */
  readonly withinMs?: number | undefined;
  /** Told once when it takes longer. */
  readonly note?: ((text: string) => void) | undefined;
}

/** Starts the supervisor as a process that outlives this terminal, and waits until the relay has the runner online. */
export async function startDetached(home: Home, patience: Patience): Promise<RunnerState> {
  // What the daemon would stumble over is said at once.
  await Promise.all([readIdentity(home), readConfig(home)]);
  return registered(home, { ...patience, launched: launch(home) });
}

/** Waits until the relay has the runner online that is there; one that was on its way out is followed by another. */
export const registeredOrStarted = (home: Home, patience: Patience): Promise<RunnerState> =>
  registered(home, { ...patience, startAnother: () => startDetached(home, patience) });

/** Waits until the relay has the runner online. Throws a CliError that says precisely why it has not. */
async function registered(
  home: Home,
  {
    withinMs,
    note,
    launched,
    startAnother,
  }: Patience & { launched?: ChildProcess; startAnother?: () => Promise<RunnerState> },
): Promise<RunnerState> {
  const begun = performance.now();
  const wanted = withinMs ?? REGISTERED_WITHIN_MS;
  let limit = wanted;
  for (;;) {
    const state = await stateOf(home);
    const { link } = state ?? {};
    if (state !== undefined && link?.state === 'online') return state;
    if (link?.state === 'refused') throw refused(home, link.problem, JOIN_AGAIN);
    if (link?.state === 'superseded') throw refused(home, link.problem, ONE_OF_TWO);
    const isOver = launched === undefined ? startAnother !== undefined : launched.exitCode !== null;
    if (isOver && !(await runs(home))) {
      if (startAnother === undefined) throw await ended(home);
      return startAnother();
    }
    if (performance.now() - begun > limit) {
      if (state !== undefined || withinMs !== undefined || limit > wanted) throw notYet(home, limit, state);
      note?.(`It is still being loaded after ${wanted / 1000} s: this machine is slow or busy. Waiting on.`);
      limit = LOADED_WITHIN_MS;
    }
    await sleep(LOOK_MS);
  }
}

const runs = async (home: Home): Promise<boolean> =>
  (await findHolder(home)) !== undefined || (await findHolder(home, 'supervisor')) !== undefined;

function launch(home: Home): ChildProcess {
  const log = openSync(supervisorLog(home), 'w', 0o600);
  const [program = '', ...args] = supervisorCommand({
    home: home.path,
    bundle: currentBundle(home.path) ?? ownBundle(),
  });
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: home.path,
  });
  child.unref();
  closeSync(log);
  return child;
}

/** A daemon that does not answer yet, or just now, is as one that is being started. */
async function stateOf(home: Home): Promise<RunnerState | undefined> {
  try {
    return await askStatus(home);
  } catch (error) {
    if (error instanceof NoDaemon) return undefined;
    throw error;
  }
}

function notYet(home: Home, afterMs: number, state: RunnerState | undefined): CliError {
  const problem = state?.link.state === 'connecting' ? state.link.problem : undefined;
  const why =
    state === undefined
      ? 'its daemon is still being started'
      : `no link to ${state.relay} yet${problem === undefined ? '' : `: ${problem}`}`;
  return new CliError(EXIT.runnerOffline, {
    code: 'runner_offline',
    message: `The runner runs, but is not online after ${afterMs / 1000} s: ${why}`,
    hint: `It goes on trying. Its log is ${daemonLogPath(home)}; treeline runner stop ends it.`,
  });
}

const JOIN_AGAIN = 'Join again with a new token: treeline runner join URL.';
const ONE_OF_TWO =
  'Stop the other one. If there is none, this folder is from a backup: delete the file `generation` in it, and restart.';

function refused(home: Home, why: string, fix: string): CliError {
  return new CliError(EXIT.runnerOffline, {
    code: 'runner_refused',
    message: `The runner runs, but the relay does not take it: ${why}`,
    hint: `${fix} Its log is ${daemonLogPath(home)}.`,
  });
}

async function ended(home: Home): Promise<CliError> {
  const said = (await readFile(supervisorLog(home), 'utf8').catch(() => '')).trim();
  const why = (await readGaveUp(home))?.why ?? said;
  return new CliError(EXIT.failed, {
    code: 'runner_ended',
    message: `The runner ended at once: ${why === '' ? 'it did not say why' : why}`,
    hint: `Its logs are ${supervisorLog(home)} and ${daemonLogPath(home)}.`,
  });
}

/** Stops the runner and starts it again, by systemd where that started it; sessions go on. One that does not run is started. */
export async function restartRunner(
  home: Home,
  { force = false, ...patience }: Patience & { force?: boolean },
): Promise<{ state: RunnerState; wasRunning: boolean }> {
  const holder = await findHolder(home);
  const unit = holder === undefined ? undefined : await unitOf(holder.pid);
  if (holder === undefined || unit === undefined) {
    const { stopped } = await stopRunner(home, { workers: 'leave', force });
    return { state: await startDetached(home, patience), wasRunning: stopped };
  }
  await restartUnit(unit);
  const until = performance.now() + (patience.withinMs ?? LOADED_WITHIN_MS);
  while ((await findHolder(home))?.pid === holder.pid && performance.now() < until) await sleep(LOOK_MS);
  return { state: await registered(home, patience), wasRunning: true };
}
