/** What becomes of each session's folder when the daemon starts: living workers are adopted, dead ones get their end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Home } from '../home/home.ts';
import { readJson } from '../process/files.ts';
import { bootId } from '../process/process-table.ts';
import { WorkerFile } from '../process/session-folder.ts';
import type { RunnerSession } from './session.ts';
import { findSessionFolders, setAside, type FoundFolder } from './session-files.ts';
import { processesOf } from './session-processes.ts';
import type { Sessions } from './sessions.ts';
import { findWorker } from './worker-process.ts';

/** A worker that was started just before the last daemon died says who it is within this time. */
const UNNAMED_MS = 3000;
const LOOK_MS = 50;
/** Folders that are opened at once. */
const AT_ONCE = 32;

export interface Adopted {
  readonly adopted: number;
  readonly finished: number;
  readonly known: number;
}

/** Opens every session of this runner. Resolves when each has a worker that is watched, or a log that says how it ended. */
export async function adoptSessions({
  home,
  sessions,
  logger,
}: {
  home: Home;
  sessions: Sessions;
  logger: Logger;
}): Promise<Adopted> {
  const folders = await findSessionFolders(home);
  const results: string[] = [];
  for (let at = 0; at < folders.length; at += AT_ONCE) {
    results.push(...(await Promise.all(folders.slice(at, at + AT_ONCE).map((folder) => adoptOne(folder)))));
  }
  const count = (result: string): number => results.filter((it) => it === result).length;
  return { adopted: count('adopted'), finished: count('finished'), known: count('known') };

  async function adoptOne(folder: FoundFolder): Promise<'adopted' | 'finished' | 'known' | 'aside'> {
    const { id, paths, spec, secret, problem } = folder;
    if (spec === undefined) {
      const where = await setAside(home, id);
      logger.warn({ session: id, where }, `session set aside: ${problem}`);
      return 'aside';
    }
    return settleOne(await sessions.open({ paths, secret, spec }));
  }
}

async function settleOne(session: RunnerSession): Promise<'adopted' | 'finished' | 'known'> {
  const worker = await livingWorker(session);
  if (worker !== undefined) {
    session.adopt(worker);
    return 'adopted';
  }
  if (session.attemptLog.ending !== 'none') return 'known';
  const last = await readJson(session.paths.worker, WorkerFile);
  const { attempt } = session.assignment;
  if (!last.found || last.value.attempt !== attempt) {
    // Accepted, but no worker ever ran for it.
    await session.start();
    return 'adopted';
  }
  await session.settle({ how: last.value.bootId === bootId() ? 'found_dead' : 'reboot' });
  return 'finished';
}

async function livingWorker(session: RunnerSession) {
  const { paths, id, assignment } = session;
  for (let waited = 0; waited < UNNAMED_MS; waited += LOOK_MS) {
    const worker = await findWorker(paths, assignment.attempt);
    if (worker !== undefined) return worker;
    if (session.attemptLog.ending !== 'none' || (await processesOf(id)).length === 0) return undefined;
    const named = await readJson(paths.worker, WorkerFile);
    if (named.found && named.value.attempt === assignment.attempt) return undefined;
    await sleep(LOOK_MS);
  }
  return undefined;
}
