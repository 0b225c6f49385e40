/** What runners have left behind on this machine, as far as it is proven to be ours: by the identity that they recorded. */
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Home } from '../../home/home.ts';
import { findHolder } from '../../home/lock.ts';
import { readJson } from '../../process/files.ts';
import { isAlive, killGroup } from '../../process/identity.ts';
import { WorkerFile } from '../../process/session-folder.ts';
import { askSessions } from '../runner-control.ts';

export type Leftover =
  /** A worker that no daemon can adopt any more. */
  | { readonly is: 'process'; readonly pid: number; readonly session: string; readonly why: string }
  /** A socket on which nobody listens. */
  | { readonly is: 'file'; readonly path: string; readonly why: string };

export async function findLeftovers(home: Home): Promise<Leftover[]> {
  const running = (await findHolder(home)) !== undefined;
  const leftovers = await inFolder(home.aside, () => 'its session was disowned by the relay');
  if (!running) {
    for (const name of ['daemon.sock', 'control.sock']) {
      const entries: string[] = await readdir(home.run).catch(() => []);
      if (entries.includes(name)) {
        leftovers.push({ is: 'file', path: join(home.run, name), why: 'no daemon of this folder runs' });
      }
    }
    return leftovers; // The next daemon takes over every other worker.
  }
  const live = new Set((await askSessions(home)).flatMap(({ pid }) => pid ?? []));
  const unknown = await inFolder(home.sessions, (pid) => (live.has(pid) ? undefined : 'the daemon does not know it'));
  return [...leftovers, ...unknown];
}

async function inFolder(folder: string, why: (pid: number) => string | undefined): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const worker = await readJson(join(folder, name, 'worker.json'), WorkerFile);
    if (!worker.found || !isAlive(worker.value)) continue;
    const reason = why(worker.value.pid);
    if (reason !== undefined)
      found.push({ is: 'process', pid: worker.value.pid, session: basename(name), why: reason });
  }
  return found;
}

export async function removeLeftover(leftover: Leftover): Promise<void> {
  if (leftover.is === 'file') await rm(leftover.path, { force: true });
  else await killGroup(leftover.pid, 'stop');
}

export const leftoverText = (leftover: Leftover): string =>
  leftover.is === 'file'
    ? `${leftover.path}: ${leftover.why}`
    : `process ${leftover.pid} of ${leftover.session}: ${leftover.why}`;
