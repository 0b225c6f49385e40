/** A runner that is of another version than the command that asks it, as after the package was upgraded under it. */
import { type Home, lookIntoHome } from '../../home/home.ts';
import { findHolder } from '../../home/lock.ts';
import type { RunnerState } from '../../home/state-file.ts';
import { ownBundle } from '../../programs.ts';
import { unitOf, wasStartedWith } from '../../service/unit-control.ts';
import { currentBundle } from '../../upgrade/versions.ts';
import type { Cli } from '../cli.ts';
import { runnerHomePath } from '../runner-home.ts';
import { askStatus } from './asking.ts';
import { restartRunner } from './starting.ts';

/**
 * Restarts a runner of another version as the version of this command; its sessions go on. Undefined when it was left as
 * it is: it does not run or does not answer, it is of this version, `treeline upgrade` has chosen its version, or its
 * service starts another bundle than this one.
 */
export async function bringInStep(cli: Cli, home: Home): Promise<RunnerState | undefined> {
  const supervisor = await findHolder(home, 'supervisor');
  // Without a supervisor of its own it is a part of `treeline up`, which is of one piece.
  if (supervisor === undefined || currentBundle(home.path) !== undefined) return undefined;
  const running = await askStatus(home).catch(() => undefined);
  const { version } = cli.settings;
  if (running === undefined || running.version === version) return undefined;
  if ((await unitOf(supervisor.pid)) !== undefined && !(await wasStartedWith(supervisor.pid, ownBundle()))) {
    cli.out.note(
      `The runner’s service starts version ${running.version}, this command is ${version}: treeline runner install, run again, brings them together.`,
    );
    return undefined;
  }
  cli.out.note(`The runner is of version ${running.version}: restarting it as ${version}; its sessions go on.`);
  const note = (text: string): void => cli.out.note(text);
  return (await restartRunner(home, { withinMs: cli.globals.timeout, note })).state;
}

/** The folder of this machine's runner, for a command that is about to ask it for something. */
export async function homeInStep(cli: Cli, given: string | undefined): Promise<Home> {
  const home = await homeOfRunning(runnerHomePath(cli, given));
  await bringInStep(cli, home);
  return home;
}

/** A folder that can be written, or whose runner runs all the same and can be asked. Else throws a HomeError. */
export async function homeOfRunning(path: string): Promise<Home> {
  const { home, problem } = await lookIntoHome(path);
  if (problem !== undefined && (await findHolder(home)) === undefined) throw problem;
  return home;
}
