/** `store.json` in the data folder: which Redis store this relay works with, so that another one is not taken for it. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const KnownStore = z.object({ storeId: z.string().min(1) });

const fileIn = (dataDir: string) => join(dataDir, 'store.json');

/** Undefined before the first start on a Redis. Rejects with one line when the file is damaged. */
export async function readKnownStore(dataDir: string): Promise<string | undefined> {
  const file = fileIn(dataDir);
  try {
    return KnownStore.parse(JSON.parse(await readFile(file, 'utf8'))).storeId;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read: remove it to accept whatever store the Redis holds.`, { cause });
  }
}

export async function rememberStore(dataDir: string, storeId: string): Promise<void> {
  const file = fileIn(dataDir);
  await writeFile(`${file}.new`, `${JSON.stringify({ storeId })}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
