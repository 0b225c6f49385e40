/**
 * daemon.lock and supervisor.lock: one daemon for a folder, and one that keeps it running. Each names its holder by pid,
 * start time and boot, so that a lock left behind by a crash, a reboot or a reused pid holds nobody up, and neither does
 * an empty or damaged file.
 */
import { rm, stat } from 'node:fs/promises';
import lockfile from 'proper-lockfile';
import { Instant } from '@treeline/shared';
import type { z } from 'zod';
import { readJson, writeJson } from '../process/files.ts';
import { identify, isAlive } from '../process/identity.ts';
import { WorkerFile } from '../process/session-folder.ts';
import { HomeError, type Home } from './home.ts';

const Holder = WorkerFile.pick({ pid: true, startTime: true, bootId: true }).extend({ since: Instant });
export type Holder = z.infer<typeof Holder>;

export type Role = 'daemon' | 'supervisor';

const fileOf = (home: Home, role: Role): string => (role === 'daemon' ? home.lock : home.supervisorLock);

/** Another process has this part in the folder. */
export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';
  readonly holder: Holder;

  constructor(home: Home, role: Role, holder: Holder) {
    const since = new Date(holder.since).toISOString();
    super(`A ${role} for ${home.path} is already running: process ${holder.pid}, since ${since}.`);
    this.holder = holder;
  }
}

/** Who runs as this folder's daemon, or supervisor; undefined when nobody does. */
export async function findHolder(home: Home, role: Role = 'daemon'): Promise<Holder | undefined> {
  const read = await readJson(fileOf(home, role), Holder);
  return read.found && isAlive(read.value) ? read.value : undefined;
}

/** Takes that part in the folder for this process, or throws AlreadyRunning. The returned function gives it back. */
export async function lockHome(home: Home, role: Role = 'daemon'): Promise<() => Promise<void>> {
  const file = fileOf(home, role);
  await alone(home, file, async () => {
    const holder = await findHolder(home, role);
    if (holder !== undefined) throw new AlreadyRunning(home, role, holder);
    const self = identify(process.pid);
    if (self === undefined) throw new HomeError('This process does not find itself in the process table.');
    await writeJson(file, { ...self, since: Date.now() } satisfies Holder);
  });
  return async () => {
    const holder = await findHolder(home, role);
    if (holder?.pid === process.pid) await rm(file, { force: true });
  };
}

/** The mutex goes stale by its file's time, which a clock that was set back has put into the future. */
async function forgetFutureLock(path: string): Promise<void> {
  const made = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  if (made > Date.now() + STALE_MS) await rm(path, { recursive: true, force: true });
}

/** A holder that died between looking and taking holds others up for so long; a machine that is very busy is not slower. */
const STALE_MS = 5000;

/** Looking and taking are one step: a mutex held for some milliseconds, void when its holder died in them. */
async function alone(home: Home, file: string, work: () => Promise<void>): Promise<void> {
  await forgetFutureLock(`${file}.taking`);
  const release = await lockfile.lock(home.run, {
    lockfilePath: `${file}.taking`,
    stale: STALE_MS,
    retries: { retries: 200, factor: 1, minTimeout: 50, maxTimeout: 100, randomize: true },
  });
  try {
    await work();
  } finally {
    await release();
  }
}
