/** What this runner says of itself when it joins and at each hello. */
import { arch, platform, release } from 'node:os';
import type { RunnerProfile } from '@treeline/shared';
import { agentsFilePath } from '../agents/agents-file.ts';
import { defaultAgent, discoverAgents, type FoundAgent } from '../agents/discover.ts';
import type { Environment } from '../agents/environment.ts';
import { readConfig, type RunnerConfig } from './config.ts';
import { HomeError, type Home } from './home.ts';
import { ensureIdentity } from './identity.ts';

export interface Inventory {
  readonly config: RunnerConfig;
  readonly agents: readonly FoundAgent[];
  readonly profile: RunnerProfile;
}

/** Looks for the agents of this machine. Throws a HomeError when a file of the runner's folder is not valid. */
export async function takeInventory(options: { home: Home; env: Environment; version: string }): Promise<Inventory> {
  const { home, env, version } = options;
  const [identity, config, found] = await Promise.all([
    ensureIdentity(home),
    readConfig(home),
    discoverAgents({ env, agentsFile: agentsFilePath(home.path) }),
  ]);
  const agents = allowed(found, config, home);
  if (config.defaultAgent !== undefined && !agents.some((agent) => agent.config.name === config.defaultAgent)) {
    throw new HomeError(
      `${home.config} names ${config.defaultAgent} as the default agent, which is not on this machine, or not allowed here.`,
    );
  }
  const profile: RunnerProfile = {
    ...identity,
    version,
    platform: `${platform()} ${release()} ${arch()}`.slice(0, 100),
    labels: config.labels,
    capacity: config.capacity,
    agents: agents.map(({ config: { name, kind }, version: agentVersion, problem }) => ({
      name,
      kind,
      ...(agentVersion === undefined ? {} : { version: agentVersion.slice(0, 100) }),
      ...(problem === undefined ? {} : { problem: problem.slice(0, 500) }),
    })),
    defaultAgent: config.defaultAgent ?? defaultAgent(agents),
  };
  return { config, agents, profile };
}

function allowed(found: readonly FoundAgent[], { allowedAgents }: RunnerConfig, home: Home): readonly FoundAgent[] {
  if (allowedAgents === undefined) return found;
  const agents = found.filter(({ config: { name } }) => allowedAgents.includes(name));
  if (agents.length > 0) return agents;
  throw new HomeError(`${home.config} allows ${allowedAgents.join(', ')} only, none of which is on this machine.`);
}
