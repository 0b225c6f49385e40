/** What a runner tells of its sessions, for lists. */
import { memoryOf } from '../resources/usage.ts';
import type { SessionRow } from './control-server.ts';
import { activityOf } from './session-activity.ts';
import type { RunnerSession } from './session.ts';

/** Rows with what only the processes and the logs tell. */
export async function describeAll(sessions: readonly RunnerSession[]): Promise<SessionRow[]> {
  const memory = await memoryOf(sessions.flatMap(({ process: identity }) => identity?.pid ?? []));
  return Promise.all(
    sessions.map(async (session) => {
      if (!session.live) return rowOf(session);
      const { state: activity, startedAt } = await activityOf(session.paths);
      const memoryBytes = memory.get(session.process?.pid ?? 0);
      return {
        ...rowOf(session),
        activity,
        ...(startedAt === undefined ? {} : { startedAt: new Date(startedAt).toISOString() }),
        ...(memoryBytes === undefined ? {} : { memoryBytes }),
      };
    }),
  );
}

export function rowOf({
  id,
  assignment,
  spec,
  process: identity,
  live,
  attemptLog,
  drained,
}: RunnerSession): SessionRow {
  return {
    id,
    title: assignment.title,
    agent: assignment.agent,
    attempt: assignment.attempt,
    cwd: spec.cwd,
    ...(identity === undefined ? {} : { pid: identity.pid }),
    state: live ? 'live' : attemptLog.ending === 'none' ? 'starting' : attemptLog.ending,
    drained,
  };
}
