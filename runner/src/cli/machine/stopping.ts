/** Ending the runner of a folder on this machine, its daemon and its supervisor. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkersAtStop } from '../../daemon/control-server.ts';
import { daemonLogPath } from '../../daemon/log-path.ts';
import { askDaemon, NoDaemon } from '../../home/control-client.ts';
import type { Home } from '../../home/home.ts';
import { findHolder, type Holder } from '../../home/lock.ts';
import { isAlive, killGroup } from '../../process/identity.ts';
import { CliError, EXIT } from '../exit.ts';
import { doesNotAnswer } from './asking.ts';
import { findWorkers } from './workers.ts';

const LOOK_MS = 50;
const STOPPED_WITHIN_MS = 30_000;

export interface StopOptions {
  readonly workers: WorkersAtStop;
  /** Kill a daemon that does not answer. */
  readonly force?: boolean;
}

/**
 * Ends the runner in order and waits until it is gone: its daemon, and a supervisor that would start another one.
 * `stopped` tells whether any of it ran. Sessions that no daemon can end are ended here, by recorded identity, when they
 * are to end; the next daemon reports them.
 */
export async function stopRunner(home: Home, { workers, force = false }: StopOptions): Promise<{ stopped: boolean }> {
  const daemon = await findHolder(home);
  const supervisor = await findHolder(home, 'supervisor');
  const inOrder = daemon !== undefined && (await askToStop(home, { daemon, workers, force }));
  if (inOrder || daemon === undefined) signal(supervisor, 'SIGTERM');
  else {
    // The supervisor first, or it would start another daemon.
    signal(supervisor, 'SIGKILL');
    signal(daemon, 'SIGKILL');
  }
  await gone(home);
  if (!inOrder && (workers === 'stop' || workers === 'kill')) {
    await Promise.all((await findWorkers(home)).map(({ pid }) => killGroup(pid, workers)));
  }
  return { stopped: daemon !== undefined || supervisor !== undefined };
}

/** False when it has to be killed. */
async function askToStop(
  home: Home,
  { daemon, workers, force }: { daemon: Holder; workers: WorkersAtStop; force: boolean },
): Promise<boolean> {
  const until = performance.now() + STOPPED_WITHIN_MS;
  for (;;) {
    try {
      await askDaemon(home, { method: 'POST', path: '/stop', body: { workers } });
      return true;
    } catch (error) {
      if (!(error instanceof NoDaemon)) throw error;
      if (force || !isAlive(daemon)) return false;
      // One that is still being started has no socket yet.
      if (error.hangs || performance.now() > until) throw doesNotAnswer(home, daemon.pid);
    }
    await sleep(LOOK_MS);
  }
}

/** To exactly that process; nothing when it is gone. */
function signal(to: Holder | undefined, name: NodeJS.Signals): void {
  if (to !== undefined && isAlive(to)) process.kill(to.pid, name);
}

async function gone(home: Home): Promise<void> {
  const until = performance.now() + STOPPED_WITHIN_MS;
  while ((await findHolder(home)) !== undefined || (await findHolder(home, 'supervisor')) !== undefined) {
    if (performance.now() > until) throw stillThere(home);
    await sleep(LOOK_MS);
  }
}

function stillThere(home: Home): CliError {
  return new CliError(EXIT.timedOut, {
    code: 'timed_out',
    message: `The runner of ${home.path} still runs after ${STOPPED_WITHIN_MS / 1000} s.`,
    hint: `It may be waiting for sessions; its log is ${daemonLogPath(home)}. treeline runner stop --force does not wait.`,
  });
}
