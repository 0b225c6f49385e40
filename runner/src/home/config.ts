/** config.json: what the owner of this machine decides. These rules are final, even against the relay. */
import { availableParallelism } from 'node:os';
import { AgentName, Labels, SessionLimits } from '@treeline/shared';
import { z } from 'zod';
import { IsolationConfig } from '../isolation/config.ts';
import { PackageSource } from '../upgrade/config.ts';
import type { Home } from './home.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const SESSIONS_PER_CORE = 8;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

export const RunnerConfig = z.strictObject({
  /** Sessions with a process at once; default eight for each processor core. */
  capacity: z
    .number()
    .int()
    .positive()
    .max(10_000)
    .default(() => SESSIONS_PER_CORE * availableParallelism()),
  labels: Labels.default({}),
  /** Folders below which sessions may work. Default: the user's home, without what begins with a dot right below it. */
  roots: z.array(z.string().min(1)).min(1).optional(),
  /** The agent of sessions that name none; default: the best that is found. */
  defaultAgent: AgentName.optional(),
  /** The only agents that sessions may use, whatever else is on the machine; default: all that are found. */
  allowedAgents: z.array(AgentName).min(1).optional(),
  /** Whether agents are kept from what else is on the machine; then they are, or are not started. */
  isolation: IsolationConfig,
  /** Takes no new sessions: `treeline runner pause`. */
  paused: z.boolean().default(false),
  /** The same, asked for through the relay; the owner's `resume` ends both. */
  pausedRemotely: z.boolean().default(false),
  /** May be paused, renamed, examined and its log be read through the relay. */
  remoteControl: z.boolean().default(true),
  /** The first `session new` on this machine starts the runner, when it has joined that relay and does not run. */
  autoStart: z.boolean().default(true),
  /** New sessions are refused when less is free. Default 128 MB and 256 MB, or 5 % of a small machine's. */
  minFreeMemoryBytes: z.number().int().nonnegative().optional(),
  minFreeDiskBytes: z.number().int().nonnegative().optional(),
  /** What each session may use at most; default no limit. */
  sessionLimits: SessionLimits.default({}),
  /** What one session may say; what it says beyond is not kept. */
  maxOutputBytes: z.number().int().positive().default(MAX_OUTPUT_BYTES),
  /** Where `treeline upgrade` finds new versions; default the registry that npm is configured for. */
  packageSource: PackageSource.optional(),
  /** Milliseconds between writes of runner.state.json when nothing changes. */
  stateHeartbeatMs: z.number().int().min(1000).default(60_000),
});
export type RunnerConfig = z.infer<typeof RunnerConfig>;

/** The configuration with its defaults; a missing file is an empty one. */
export async function readConfig(home: Home): Promise<RunnerConfig> {
  return (await readJsonFile(RunnerConfig, home.config)) ?? RunnerConfig.parse({});
}

/** Changes the given fields of the file and leaves the others, defaults included, out of it as they were. */
export async function changeConfig(home: Home, change: z.input<typeof RunnerConfig>): Promise<RunnerConfig> {
  const file = (await readJsonFile(z.record(z.string(), z.unknown()), home.config)) ?? {};
  const changed = { ...file, ...change };
  const config = RunnerConfig.parse(changed);
  await writeJsonFile(home.config, changed);
  return config;
}
