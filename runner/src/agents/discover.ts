/** The agents of this machine: always `command` and `scripted`, those on the PATH that we know, those of the agents file. */
import { basename } from 'node:path';
import type { AgentConfig } from './agent.ts';
import { BUILT_IN_AGENTS, readAgentsFile, type AgentEntry } from './agents-file.ts';
import { agentEnvironment, type Environment } from './environment.ts';
import { findPreset, PRESETS, type AgentPreset } from './presets.ts';
import { findProgram, programVersion } from './programs.ts';

export interface FoundAgent {
  readonly config: AgentConfig;
  readonly version?: string;
  /** Why it would not start, with what to do about it. */
  readonly problem?: string;
}

export interface DiscoverOptions {
  readonly env: Environment;
  /** Path of agents.json; it need not exist. */
  readonly agentsFile: string;
}

const BUILT_IN: readonly FoundAgent[] = BUILT_IN_AGENTS.map((name) => ({
  config: { name, kind: name, command: [], env: {}, passEnv: [] },
}));

/** Rejects with a HomeError when the agents file is malformed. Runs no program but for its version, and that for 3 s at most. */
export async function discoverAgents({ env, agentsFile }: DiscoverOptions): Promise<FoundAgent[]> {
  const entries = await readAgentsFile(agentsFile);
  const presets = PRESETS.filter(({ name }) => !Object.hasOwn(entries, name)).map((preset) => fromPreset(preset, env));
  const added = Object.entries(entries).map(([name, entry]) => fromEntry(name, entry, env));
  const found = (await Promise.all([...presets, ...added])).filter((agent) => agent !== undefined);
  return [...found, ...BUILT_IN];
}

/** The agent of sessions that name none: the best of those that would start. */
export function defaultAgent(found: readonly FoundAgent[]): string {
  const usable = new Set(found.filter(({ problem }) => problem === undefined).map(({ config }) => config.name));
  return PRESETS.find(({ name }) => usable.has(name))?.name ?? (usable.has('scripted') ? 'scripted' : firstOf(found));
}

function firstOf(found: readonly FoundAgent[]): string {
  return found[0]?.config.name ?? 'scripted';
}

async function fromPreset(preset: AgentPreset, env: Environment): Promise<FoundAgent | undefined> {
  for (const name of preset.programs) {
    const program = await findProgram(name, env['PATH']);
    if (program !== undefined) return describe(presetConfig(preset, program), { preset, env });
  }
  const sign = preset.sign === undefined ? undefined : await findProgram(preset.sign, env['PATH']);
  if (sign === undefined) return undefined;
  const program = preset.programs[0] ?? preset.name;
  return {
    config: presetConfig(preset, program),
    problem: `${preset.sign} is here, but ${program} is not. ${preset.install}`,
  };
}

function presetConfig(preset: AgentPreset, program: string): AgentConfig {
  const { name, kind, args, env, passEnv } = preset;
  return { name, kind, command: [program, ...args], env, passEnv };
}

/** An entry with the name of a preset changes it: what it leaves out stays. */
async function fromEntry(name: string, entry: AgentEntry, env: Environment): Promise<FoundAgent> {
  const preset = findPreset(name);
  const base = preset?.kind === entry.kind ? preset : undefined;
  const command = entry.command ?? (base === undefined ? [] : [base.programs[0] ?? name, ...base.args]);
  const config: AgentConfig = {
    name,
    kind: entry.kind,
    command,
    env: { ...base?.env, ...entry.env },
    passEnv: [...new Set([...(base?.passEnv ?? []), ...entry.passEnv])],
  };
  if (entry.kind === 'command') return { config };
  const [program] = command;
  if (program === undefined) return { config, problem: `agents.json gives no command for ${name}.` };
  const path = config.env['PATH'] ?? env['PATH'];
  if ((await findProgram(program, path)) === undefined) {
    return { config, problem: `${program} was not found. ${base?.install ?? 'Correct its command in agents.json.'}` };
  }
  return describe(config, { preset: base, env });
}

async function describe(
  config: AgentConfig,
  { preset, env }: { preset: AgentPreset | undefined; env: Environment },
): Promise<FoundAgent> {
  const own = agentEnvironment({ base: env, config });
  const program = await findProgram(config.command[0] ?? '', own['PATH']);
  // Of a program that is not ours to know (an interpreter, a wrapper) neither its version nor what it does tells anything.
  if (program === undefined || preset === undefined || !preset.programs.includes(basename(program))) return { config };
  const version = await programVersion({ program, mayRun: preset.tellsVersion, env: own });
  return { config, ...(version !== undefined && { version }) };
}
