/** The workers of a folder that live, by the identity that each has recorded: also when no daemon runs. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Home } from '../../home/home.ts';
import { readJson } from '../../process/files.ts';
import { isAlive } from '../../process/identity.ts';
import { WorkerFile } from '../../process/session-folder.ts';

export interface FoundWorker {
  readonly session: string;
  readonly pid: number;
}

/** `folder`: of sessions, or of those that the relay disowned. */
export async function findWorkers(home: Home, folder: 'sessions' | 'aside' = 'sessions'): Promise<FoundWorker[]> {
  const found: FoundWorker[] = [];
  for (const session of await readdir(home[folder]).catch(() => [])) {
    const worker = await readJson(join(home[folder], session, 'worker.json'), WorkerFile);
    if (worker.found && isAlive(worker.value)) found.push({ session, pid: worker.value.pid });
  }
  return found;
}
