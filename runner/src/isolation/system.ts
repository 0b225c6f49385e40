/** What every program needs of the system: read-only, and nothing of it that other users of the machine may not read. */
import { constants } from 'node:fs';
import { access, lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { isWithin, type Mount, readable } from './mounts.ts';

const FOLDERS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/opt', '/nix/store', '/etc'] as const;
/** Often a link to where the system keeps it as it runs. */
const RESOLV_CONF = '/etc/resolv.conf';
const OTHERS_READ = 0o004;
const OTHERS_ENTER = 0o005;

/** On Debian `/bin` and its like are links into `/usr`, elsewhere folders. */
export async function systemMounts(): Promise<Mount[]> {
  const mounts: Mount[] = [];
  for (const path of FOLDERS) {
    const found = await lstat(path).catch(() => undefined);
    if (found?.isSymbolicLink() === true) mounts.push({ as: 'link', path, to: await readlink(path) });
    else if (found?.isDirectory() === true) mounts.push(readable(path));
  }
  return [...mounts, ...(await hiddenBelow('/etc')), ...(await resolvConf())];
}

/** Whether the path is among what is always there. */
export function isOfSystem(path: string): boolean {
  return FOLDERS.some((folder) => isWithin(folder, path));
}

/** Keys and passwords of the machine: as root, a runner could read them. */
async function hiddenBelow(folder: string): Promise<Mount[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const hidden = entries.map(async (entry): Promise<Mount[]> => {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) return [];
    const mode = (await lstat(path).catch(() => undefined))?.mode;
    if (mode === undefined) return [];
    if (entry.isDirectory()) {
      const open = (mode & OTHERS_ENTER) === OTHERS_ENTER && (await mayEnter(path));
      return open ? hiddenBelow(path) : [{ as: 'emptyFolder', path }];
    }
    return (mode & OTHERS_READ) === OTHERS_READ ? [] : [{ as: 'emptyFile', path }];
  });
  return (await Promise.all(hidden)).flat();
}

function mayEnter(path: string): Promise<boolean> {
  return access(path, constants.R_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function resolvConf(): Promise<Mount[]> {
  const real = await realpath(RESOLV_CONF).catch(() => RESOLV_CONF);
  return isOfSystem(real) ? [] : [readable(real)];
}
