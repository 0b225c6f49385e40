/** agents.json in the runner's folder: the agents that its owner adds or changes, by name. */
import { join } from 'node:path';
import { AgentName, parseInput } from '@treeline/shared';
import { z } from 'zod';
import { readJsonFile } from '../home/json-file.ts';
import { writeJson } from '../process/files.ts';

/** Nothing here is a shell line: the command is the program and its arguments, each for itself. */
export const AgentEntry = z.strictObject({
  kind: z.enum(['acp', 'pi', 'command']).default('acp'),
  /** Left out: as the agent of the same name that Treeline knows. */
  command: z.array(z.string().min(1)).min(1).optional(),
  env: z.record(z.string().min(1), z.string()).default({}),
  /** Names of variables that the agent gets from the runner's environment; `PREFIX_*` for several. */
  passEnv: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*\*?$/, 'a variable name, or its beginning and *'))
    .default([]),
});
export type AgentEntry = z.infer<typeof AgentEntry>;

/** Always there, and always the same. */
export const BUILT_IN_AGENTS = ['command', 'scripted'] as const;

const Name = AgentName.refine(
  (name) => !BUILT_IN_AGENTS.some((builtIn) => builtIn === name),
  'command and scripted are built in: choose another name',
);
// Checked here and not as the record's key, whose problem would not be told.
const AgentsFile = z.record(z.string(), AgentEntry).superRefine((agents, context) => {
  for (const name of Object.keys(agents)) {
    const problem = Name.safeParse(name).error?.issues[0]?.message;
    if (problem !== undefined) context.addIssue({ code: 'custom', path: [name], message: problem });
  }
});
export type AgentsFile = z.infer<typeof AgentsFile>;

export function agentsFilePath(home: string): string {
  return join(home, 'agents.json');
}

/** What the file says; no file is no agents. Throws a HomeError that names the field at fault. */
export async function readAgentsFile(path: string): Promise<AgentsFile> {
  return (await readJsonFile(AgentsFile, path)) ?? {};
}

/**
 * Adds an agent to the file in this runner's folder, or replaces the one of that name. It is offered from the next start of
 * the runner on. Throws bad_request when the name or the entry is not valid.
 */
export async function addAgent(home: string, name: string, entry: z.input<typeof AgentEntry>): Promise<void> {
  const path = agentsFilePath(home);
  const agents = await readAgentsFile(path);
  const added = parseInput(AgentsFile, { [name]: entry }, 'the agent');
  await writeJson(path, { ...agents, ...added });
}

/** Returns whether there was one. */
export async function removeAgent(home: string, name: string): Promise<boolean> {
  const path = agentsFilePath(home);
  const { [name]: removed, ...rest } = await readAgentsFile(path);
  if (removed === undefined) return false;
  await writeJson(path, rest);
  return true;
}
