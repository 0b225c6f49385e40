/** The isolation of a whole runner: as configured, resolved on this machine, and tried. */
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { agentEnvironment, type Environment } from '../agents/environment.ts';
import { findProgram } from '../agents/programs.ts';
import type { Home } from '../home/home.ts';
import type { Isolation, IsolationConfig } from './config.ts';
import { whyNotIsolated } from './isolate.ts';
import { INSTALL } from './why-not.ts';

export type RunnerIsolation =
  | { readonly is: 'off' }
  | { readonly is: 'on'; readonly isolation: Isolation }
  /** Configured, and not to be had: no agent is started. `problem` says why and what to do. */
  | { readonly is: 'unavailable'; readonly problem: string };

export interface IsolationWish {
  readonly config: IsolationConfig;
  readonly home: Home;
  /** The runner's own environment. */
  readonly env: Environment;
}

/** Tries it on a folder of its own, which takes some 20 ms. */
export async function isolationOf({ config, home, env }: IsolationWish): Promise<RunnerIsolation> {
  const { by, ...rest } = config;
  if (by === 'none') return { is: 'off' };
  if (process.platform !== 'linux') {
    return { is: 'unavailable', problem: 'bubblewrap is for Linux only: set "isolation": "none" in config.json.' };
  }
  const program = await findProgram('bwrap', env['PATH']);
  if (program === undefined)
    return { is: 'unavailable', problem: `bwrap is not on the PATH of the runner. ${INSTALL}` };
  const isolation: Isolation = { by, ...rest, program, userHome: homedir() };
  const problem = await tried(isolation, { home, env });
  return problem === undefined ? { is: 'on', isolation } : { is: 'unavailable', problem };
}

async function tried(
  isolation: Isolation,
  { home, env }: Pick<IsolationWish, 'home' | 'env'>,
): Promise<string | undefined> {
  const cwd = await mkdtemp(join(home.run, 'isolation-'));
  try {
    const place = { runnerHome: home.path, dataDir: cwd };
    const hidden = [home.identity, home.credentials, home.config, home.sessions, home.lock, home.logs];
    const agentEnv = agentEnvironment({ base: env, config: { env: {}, passEnv: [] } });
    return await whyNotIsolated({ isolation, place, hidden }, { cwd, env: agentEnv });
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}
