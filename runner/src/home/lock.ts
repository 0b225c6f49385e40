/**
 * daemon.lock: one daemon for a folder. It names its holder by pid, start time and boot, so that a lock left behind by a
 * crash, a reboot or a reused pid holds nobody up, and neither does an empty or damaged file.
 */
import { rm } from 'node:fs/promises';
import lockfile from 'proper-lockfile';
import { Instant } from '@treeline/shared';
import type { z } from 'zod';
import { readJson, writeJson } from '../process/files.ts';
import { identify, isAlive } from '../process/identity.ts';
import { WorkerFile } from '../process/session-folder.ts';
import { HomeError, type Home } from './home.ts';

const Holder = WorkerFile.pick({ pid: true, startTime: true, bootId: true }).extend({ since: Instant });
export type Holder = z.infer<typeof Holder>;

/** Another daemon has the folder. */
export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';
  readonly holder: Holder;

  constructor(home: Home, holder: Holder) {
    const since = new Date(holder.since).toISOString();
    super(`A daemon for ${home.path} is already running: process ${holder.pid}, since ${since}.`);
    this.holder = holder;
  }
}

/** Who runs as this folder's daemon; undefined when nobody does. */
export async function findHolder(home: Home): Promise<Holder | undefined> {
  const read = await readJson(home.lock, Holder);
  return read.found && isAlive(read.value) ? read.value : undefined;
}

/** Takes the folder for this process, or throws AlreadyRunning. The returned function gives it back. */
export async function lockHome(home: Home): Promise<() => Promise<void>> {
  await alone(home, async () => {
    const holder = await findHolder(home);
    if (holder !== undefined) throw new AlreadyRunning(home, holder);
    const self = identify(process.pid);
    if (self === undefined) throw new HomeError('This process does not find itself in the process table.');
    await writeJson(home.lock, { ...self, since: Date.now() } satisfies Holder);
  });
  return async () => {
    const holder = await findHolder(home);
    if (holder?.pid === process.pid) await rm(home.lock, { force: true });
  };
}

/** Looking and taking are one step: a mutex held for some milliseconds, void when its holder died in them. */
async function alone(home: Home, work: () => Promise<void>): Promise<void> {
  const release = await lockfile.lock(home.run, {
    lockfilePath: `${home.lock}.taking`,
    stale: 2000,
    retries: { retries: 100, factor: 1, minTimeout: 50, maxTimeout: 50, randomize: true },
  });
  try {
    await work();
  } finally {
    await release();
  }
}
