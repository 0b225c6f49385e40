/** What this runner takes and how it starts it, by its owner's word and what the machine can do. */
import { homedir } from 'node:os';
import type { Environment } from '../agents/environment.ts';
import type { Home } from '../home/home.ts';
import type { Inventory } from '../home/inventory.ts';
import { isolationOf } from '../isolation/of-runner.ts';
import type { SessionFile } from '../process/session-folder.ts';
import type { AdmissionRules } from './admission.ts';

export interface RulesOptions {
  readonly home: Home;
  /** The runner's own environment. */
  readonly env: Environment;
  readonly inventory: Pick<Inventory, 'agents' | 'config'>;
}

/** Tries the isolation, if there is to be one. */
export async function rulesOf({ home, env, inventory: { agents, config } }: RulesOptions): Promise<AdmissionRules> {
  const { roots, capacity, maxOutputBytes } = config;
  const isolation = await isolationOf({ config: config.isolation, home, env });
  return { home, userHome: homedir(), roots, agents, capacity, maxOutputBytes, isolation };
}

/** Of a session that was taken under other rules: as it is to be started now. Throws when it is not to be. */
export function underRules({ isolation }: Pick<AdmissionRules, 'isolation'>, spec: SessionFile): SessionFile {
  if (isolation.is === 'unavailable') throw new Error(`agents cannot be isolated. ${isolation.problem}`);
  const { isolation: _, ...rest } = spec;
  return isolation.is === 'on' ? { ...rest, isolation: isolation.isolation } : rest;
}
