/** Whether this runner takes a session, by its own rules: they are final, whatever the relay says. */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { TreelineError, type Assignment } from '@treeline/shared';
import type { AgentConfig } from '../agents/agent.ts';
import type { FoundAgent } from '../agents/discover.ts';
import type { SessionFile } from '../process/session-folder.ts';
import type { RunnerIsolation } from '../isolation/of-runner.ts';
import { whyNotIn } from '../isolation/view.ts';
import { makeWorktree } from '../worktree/worktree.ts';
import { workingFolder, type FolderRules } from './working-folder.ts';

export interface AdmissionRules extends FolderRules {
  readonly isolation: RunnerIsolation;
  readonly agents: readonly FoundAgent[];
  readonly capacity: number;
  /** Why no new session is taken now, whatever is free of the capacity; undefined: they are. */
  readonly whyNoRoom?: () => Promise<string | undefined>;
  readonly maxOutputBytes?: number;
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
  const { isolation } = rules;
  if (isolation.is === 'unavailable') {
    throw new TreelineError('unavailable', `This runner isolates its agents, and cannot now. ${isolation.problem}`);
  }
  if (running >= rules.capacity) {
    throw new TreelineError(
      'capacity',
      `This runner has ${running} sessions running and takes ${rules.capacity} at most.`,
    );
  }
  // A session that goes on has been taken before.
  const noRoom = assignment.attempt > 1 ? undefined : await rules.whyNoRoom?.();
  if (noRoom !== undefined) throw new TreelineError('capacity', `This runner takes no new sessions: ${noRoom}.`);
  const folder = await workingFolder(rules, assignment.id, assignment.cwd ?? parentCwd);
  if (isolation.is === 'on') await checkIsolated(rules, { assignment, folder, kind: found.config.kind });
  const cwd = assignment.worktree === true ? await worktreeOf(rules, assignment, folder) : folder;
  const { name, kind, command, env, passEnv } = found.config;
  return {
    assignment,
    agent: { name, kind, command: [...command], env: { ...env }, passEnv: [...passEnv] },
    cwd,
    ...(isolation.is === 'on' && { isolation: isolation.isolation }),
    ...(rules.maxOutputBytes === undefined ? {} : { maxOutputBytes: rules.maxOutputBytes }),
  };
}

/** What cannot be had within the isolation is refused, rather than done outside. */
async function checkIsolated(
  { home, userHome, isolation }: AdmissionRules,
  { assignment, folder, kind }: { assignment: Assignment; folder: string; kind: AgentConfig['kind'] },
): Promise<void> {
  const why = whyNotIn(folder, await Promise.all([userHome, home.path].map((path) => realpath(path))));
  if (why !== undefined) throw new TreelineError('cwd_refused', `The folder ${folder} is refused: ${why}.`);
  if (assignment.worktree === true) {
    throw new TreelineError(
      'cwd_refused',
      'This runner isolates its agents and makes no worktrees: git would run what an agent wrote outside of it.',
    );
  }
  if (kind === 'acp' && isolation.is === 'on' && isolation.isolation.network === 'none') {
    throw new TreelineError(
      'agent_unknown',
      `Agent "${assignment.agent}" reaches its tools over the network, which the isolation of this runner takes away.`,
    );
  }
}

/** In place of the session's own empty folder. */
async function worktreeOf({ home }: AdmissionRules, { id, cwd }: Assignment, from: string): Promise<string> {
  if (cwd === undefined) {
    throw new TreelineError('cwd_refused', 'A worktree is made from a repository: name a folder in it with cwd.');
  }
  return makeWorktree({ session: id, from, path: join(home.workspaces, id) });
}
