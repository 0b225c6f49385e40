/** All that one session's agent sees, in the order in which it is laid over one another. */
import { mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AgentStartError, type LaunchWish } from '../agents/agent.ts';
import type { Isolation } from './config.ts';
import { clearLinks } from './links.ts';
import { emptyFolder, isWithin, type Mount, readable, writable } from './mounts.ts';
import { programMounts } from './programs.ts';
import { systemMounts } from './system.ts';

const TMP = ['/tmp', '/var/tmp'] as const;

export interface Place {
  /** The folder of the runner, of which the agent sees nothing but what follows. */
  readonly runnerHome: string;
  /** Private folder of the session; its `home` and `tmp` become those of the agent. */
  readonly dataDir: string;
}

export interface ViewWish {
  readonly isolation: Isolation;
  readonly place: Place;
  readonly wish: LaunchWish;
}

/** Makes the agent's home and tmp. Throws an AgentStartError when something that it is to see is not there. */
export async function viewOf({ isolation, place, wish }: ViewWish): Promise<Mount[]> {
  const { userHome } = isolation;
  const { command, cwd, env, reads, keepsIn } = wish;
  const { runnerHome, dataDir } = place;
  const home = join(dataDir, 'home');
  const tmp = join(dataDir, 'tmp');
  for (const folder of [home, tmp]) await mkdir(folder, { recursive: true, mode: 0o700 });
  const realHome = await realpath(runnerHome);
  const secret = [await realpath(userHome), realHome];
  const [programs, shared] = await Promise.all([
    programMounts({ command, env, secret }),
    sharedMounts(isolation, { cwd, secret }),
  ]);
  const below = [...programs, ...shared, writable(cwd)];
  const over = [...below.map(({ path }) => path), runnerHome];
  await clearLinks({ folder: home, shownAt: userHome, paths: over });
  for (const shownAt of TMP) await clearLinks({ folder: tmp, shownAt, paths: over });
  return [
    ...(await systemMounts()),
    ...TMP.map((path) => writable(path, tmp)),
    writable(userHome, home),
    ...below,
    ...[...new Set([runnerHome, realHome])].map((path) => emptyFolder(path)),
    ...(isWithin(realHome, cwd) ? [writable(cwd)] : []),
    ...(reads === undefined ? [] : [readable(reads)]),
    ...(keepsIn === undefined ? [] : [writable(keepsIn)]),
  ];
}

async function sharedMounts(
  { readable: toRead, writable: toWrite, userHome }: Isolation,
  { cwd, secret }: { cwd: string; secret: readonly string[] },
): Promise<Mount[]> {
  const mounts = [
    ...toRead.map((place) => readable(inFull(place, userHome))),
    ...toWrite.map((place) => writable(inFull(place, userHome))),
  ];
  for (const { path } of mounts) await check(path, secret);
  // What lies in the working folder is seen there, and may be a link that an agent made.
  return mounts.filter(({ path }) => !isWithin(cwd, path));
}

const inFull = (place: string, userHome: string): string =>
  place.startsWith('~/') ? join(userHome, place.slice(2)) : place;

async function check(path: string, secret: readonly string[]): Promise<void> {
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined || (await stat(real)).isSocket())
    throw refused(`${path} is not there, or is no file or folder`, 'Correct `isolation` in config.json.');
  const shown = secret.find((it) => isWithin(real, it));
  const inRunner = secret.at(-1);
  if (shown !== undefined || (inRunner !== undefined && isWithin(inRunner, real)))
    throw refused(
      `${path} is part of what the isolation hides, or holds it`,
      'Name files or folders below your home in config.json.',
    );
}

function refused(what: string, fix: string): AgentStartError {
  return new AgentStartError(`This agent cannot be isolated: ${what}`, { reason: 'config', detail: fix });
}

/** Why an agent may not work in a folder: it would see all that the isolation is to hide. Undefined: it may. */
export function whyNotIn(cwd: string, hidden: readonly string[]): string | undefined {
  const shown = hidden.find((folder) => isWithin(cwd, folder));
  if (shown === undefined && dirname(cwd) !== cwd) return undefined;
  return `agents are isolated here, and would see all of ${shown ?? 'this machine'}: choose a folder below it`;
}
