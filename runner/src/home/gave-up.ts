/** supervisor.json: why the supervisor gave up. There until it is started again. */
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { readJson, writeJson } from '../process/files.ts';
import type { Home } from './home.ts';

const GaveUp = z.object({ at: z.iso.datetime(), why: z.string() });
export type GaveUp = z.infer<typeof GaveUp>;

/** Undefined when it did not; a damaged file says nothing. */
export async function readGaveUp(home: Home): Promise<GaveUp | undefined> {
  const read = await readJson(home.gaveUp, GaveUp);
  return read.found ? read.value : undefined;
}

export async function writeGaveUp(home: Home, why: string): Promise<void> {
  await writeJson(home.gaveUp, { at: new Date().toISOString(), why } satisfies GaveUp);
}

export async function forgetGaveUp(home: Home): Promise<void> {
  await rm(home.gaveUp, { force: true });
}
