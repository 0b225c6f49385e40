/**
 * Processes of a session, found by the mark in their environment: what a dead worker left behind, and a worker that was
 * started but has not yet said who it is. Only on Linux, and only processes of this user; elsewhere nothing is found.
 */
import { readdir, readFile } from 'node:fs/promises';
import type { SessionId } from '@treeline/shared';
import { identify, isAlive, type ProcessIdentity } from '../process/identity.ts';

/** In the environment of every process of a session. */
export const SESSION_MARK = 'TREELINE_SESSION';

/** Living processes that carry the session's mark. */
export async function processesOf(session: SessionId): Promise<ProcessIdentity[]> {
  if (process.platform !== 'linux') return [];
  const marks: ReadonlySet<string> = new Set([`${SESSION_MARK}=${session}`, `${SESSION_MARK}_ID=${session}`]);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      return environment.split('\0').some((variable) => marks.has(variable)) ? identify(Number(pid)) : undefined;
    }),
  );
  return found.filter((identity) => identity !== undefined);
}

/** Kills what is left of a session whose worker is dead, until nothing is found. */
export async function killRemains(session: SessionId): Promise<number> {
  const killed = new Set<number>();
  for (let round = 0; round < 10; round++) {
    const remains = await processesOf(session);
    if (remains.length === 0) break;
    for (const identity of remains) {
      if (!isAlive(identity)) continue;
      killed.add(identity.pid);
      try {
        process.kill(identity.pid, 'SIGKILL');
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return killed.size;
}
