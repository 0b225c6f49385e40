/** `local.json` in the data folder: how programs of this user on this machine reach the relay without a sign-in. */
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DEFAULT_NAMESPACE } from '../auth/credential.ts';
import type { Keys } from '../auth/keys.ts';

const LocalAccess = z.object({ url: z.string(), key: z.string() });

/** Writes the file, 0600, and returns its user key: the one it had while the store knows it, else a new one. */
export async function writeLocalAccess(options: {
  dataDir: string;
  url: string;
  keys: Keys;
  name: string;
}): Promise<string> {
  const { dataDir, url, keys, name } = options;
  const path = join(dataDir, 'local.json');
  const known = await readKey(path);
  const works = known !== undefined && (await keys.verify(known))?.kind === 'user';
  const key = works ? known : (await keys.make({ ns: DEFAULT_NAMESPACE, kind: 'user', name })).secret;
  await writeFile(`${path}.new`, `${JSON.stringify({ url, key } satisfies z.infer<typeof LocalAccess>)}\n`, {
    mode: 0o600,
  });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
  return key;
}

async function readKey(path: string): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return LocalAccess.parse(JSON.parse(text)).key;
  } catch {
    // A damaged file is made anew.
    return undefined;
  }
}
