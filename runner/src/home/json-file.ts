/** Reads the small files of the runner's folder: a corrupt one is a HomeError that says what to mend. */
import type { z } from 'zod';
import { readJson, writeJson } from '../process/files.ts';
import { HomeError } from './home.ts';

/** The file's content; undefined when there is no file. */
export async function readJsonFile<S extends z.ZodType>(schema: S, path: string): Promise<z.output<S> | undefined> {
  const read = await readJson(path, schema);
  if (read.found) return read.value;
  if (read.reason === undefined) return undefined;
  throw new HomeError(`The file is not valid: ${read.reason}. Mend it, or move it away to begin anew.`);
}

/** Replaces the file whole and durably; readable by its owner only. */
export async function writeJsonFile(path: string, value: unknown): Promise<void> {
  await writeJson(path, value);
}
