/** What runners have left behind on this machine, as far as it is proven to be ours: by the identity that they recorded. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Home } from '../../home/home.ts';
import { findHolder } from '../../home/lock.ts';
import { killGroup } from '../../process/identity.ts';
import { askSessions } from '../machine/asking.ts';
import { findWorkers, type FoundWorker } from '../machine/workers.ts';

export type Leftover =
  /** A worker that no daemon can adopt any more. */
  | { readonly is: 'process'; readonly pid: number; readonly session: string; readonly why: string }
  /** A socket on which nobody listens. */
  | { readonly is: 'file'; readonly path: string; readonly why: string };

export async function findLeftovers(home: Home): Promise<Leftover[]> {
  const running = (await findHolder(home)) !== undefined;
  const disowned = await findWorkers(home, 'aside');
  const leftovers: Leftover[] = disowned.map((worker) => process(worker, 'its session was disowned by the relay'));
  if (!running) {
    for (const name of ['daemon.sock', 'control.sock']) {
      const entries: string[] = await readdir(home.run).catch(() => []);
      if (entries.includes(name)) {
        leftovers.push({ is: 'file', path: join(home.run, name), why: 'no daemon of this folder runs' });
      }
    }
    return leftovers; // The next daemon takes over every other worker.
  }
  // In this order: one that is being started now is known to the daemon before it has written its file.
  const workers = await findWorkers(home);
  const live = new Set((await askSessions(home)).flatMap(({ pid }) => pid ?? []));
  const unknown = workers.filter(({ pid }) => !live.has(pid));
  return [...leftovers, ...unknown.map((worker) => process(worker, 'the daemon does not know it'))];
}

const process = (worker: FoundWorker, why: string): Leftover => ({ is: 'process', ...worker, why });

export async function removeLeftover(leftover: Leftover): Promise<void> {
  if (leftover.is === 'file') await rm(leftover.path, { force: true });
  else await killGroup(leftover.pid, 'stop');
}

export const leftoverText = (leftover: Leftover): string =>
  leftover.is === 'file'
    ? `${leftover.path}: ${leftover.why}`
    : `process ${leftover.pid} of ${leftover.session}: ${leftover.why}`;
