/** Which runner of this machine a command means. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Cli } from './cli.ts';
import { usageError } from './exit.ts';
import { text } from './flags.ts';

/** The runner of a relay that `treeline up` started lives in that relay's data folder. */
export const upRunnerHome = (dataDir: string): string => join(dataDir, 'runner');

export const homeFlag = text(
  '--home <folder>',
  'the runner’s folder; default: the one that joined a relay (TREELINE_HOME), else that of `treeline up`',
);

const PROFILE = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,40}$/;

/** The folder that TREELINE_HOME or --profile names, whether there is a runner in it or not. */
export function ownHomePath({ globals: { profile }, settings: { home } }: Cli): string {
  if (profile === undefined) return home;
  if (PROFILE.test(profile)) return join(home, 'profiles', profile);
  throw usageError(`--profile is a short name of letters, digits, dot, dash and underscore, not "${profile}"`);
}

/** --home; --profile; the runner of --data-dir; TREELINE_HOME when a runner joined there; the runner of `treeline up`; TREELINE_HOME. */
export function runnerHomePath(cli: Cli, home: string | undefined): string {
  if (home !== undefined) return resolve(home);
  if (cli.globals.profile !== undefined) return ownHomePath(cli);
  if (cli.globals.dataDir !== undefined) return upRunnerHome(cli.dataDir);
  const isRunner = (folder: string) => existsSync(join(folder, 'credentials.json'));
  const ofUp = upRunnerHome(cli.dataDir);
  return !isRunner(cli.settings.home) && isRunner(ofUp) ? ofUp : cli.settings.home;
}
