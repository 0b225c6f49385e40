import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { loginFile } from '../relay-access.ts';
import { runnerHomePath } from '../runner-home.ts';
import { type Check, fail, type Finding, ok, warn, words } from './check.ts';

const GB = 1e9;
const LOW_BYTES = 1 * GB;
const FULL_BYTES = 0.1 * GB;

export const checkFolders: Check = async (cli) => {
  const folders = { 'data folder': cli.dataDir, 'runner folder': runnerHomePath(cli, undefined) };
  const findings = await Promise.all(Object.entries(folders).map(([name, path]) => checkFolder(name, path)));
  return [...findings, ...(await checkSecret(loginFile(cli.settings)))];
};

async function checkFolder(name: string, path: string): Promise<Finding> {
  try {
    const existing = await nearest(path);
    await access(existing, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(existing);
    const free = bavail * bsize;
    const detail = `${path}${existing === path ? '' : ' (not made yet)'}, ${(free / GB).toFixed(1)} GB free`;
    if (free < FULL_BYTES) return fail(name, detail, 'Free some space: what cannot be written is not acknowledged.');
    if (free < LOW_BYTES) return warn(name, detail, 'Free some space soon.');
    return ok(name, detail);
  } catch (error) {
    return fail(
      name,
      `${path} cannot be written: ${words(error)}`,
      'Make it writable for this user, or choose another (TREELINE_HOME, --data-dir).',
    );
  }
}

/** The path, or its nearest parent that exists. */
async function nearest(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    if (path === dirname(path)) throw error;
    return nearest(dirname(path));
  }
}

async function checkSecret(file: string): Promise<Finding[]> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || (found.mode & 0o077) === 0) return [];
  return [warn('login', `${file} can be read by other users`, `chmod 600 ${file}`)];
}
