/** The relay's folder on this machine, for this user only. */
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Rejects with one line that names the fix. */
export async function openDataFolder(path: string): Promise<void> {
  try {
    await makeFolder(resolve(path));
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const message = `The data folder ${path} cannot be written (${code}): make it writable, or choose another with --data-dir.`;
    throw new Error(message, { cause });
  }
}

/** As `mkdir -p`. Node's own tries for ever where a file system refuses with ENOENT, as /proc does. */
async function makeFolder(path: string, tried = false): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || tried || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await makeFolder(path, true);
  }
}
