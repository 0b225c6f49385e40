/** Whether this runner takes a session, by its own rules: they are final, whatever the relay says. */
import { TreelineError, type Assignment } from '@treeline/shared';
import type { FoundAgent } from '../agents/discover.ts';
import type { SessionFile } from '../process/session-folder.ts';
import { workingFolder, type FolderRules } from './working-folder.ts';

export interface AdmissionRules extends FolderRules {
  readonly agents: readonly FoundAgent[];
  readonly capacity: number;
}

export interface Situation {
  /** Sessions that have a process now, or are about to. */
  readonly running: number;
  /** Where the session's parent works, if that is on this runner. */
  readonly parentCwd: string | undefined;
}

/** What the session's folder is to hold. Throws agent_unknown, cwd_refused or capacity. */
export async function admit(
  rules: AdmissionRules,
  assignment: Assignment,
  { running, parentCwd }: Situation,
): Promise<SessionFile> {
  const found = rules.agents.find(({ config }) => config.name === assignment.agent);
  if (found === undefined) {
    const offered = rules.agents.map(({ config }) => config.name).join(', ');
    throw new TreelineError('agent_unknown', `This runner has no agent "${assignment.agent}"; it has ${offered}.`);
  }
  if (running >= rules.capacity) {
    throw new TreelineError(
      'capacity',
      `This runner has ${running} sessions running and takes ${rules.capacity} at most.`,
    );
  }
  const cwd = await workingFolder(rules, assignment.id, assignment.cwd ?? parentCwd);
  const { name, kind, command, env, passEnv } = found.config;
  return { assignment, agent: { name, kind, command: [...command], env: { ...env }, passEnv: [...passEnv] }, cwd };
}
