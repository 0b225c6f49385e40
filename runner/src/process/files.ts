/** Small files: written whole or not at all, read through a schema. */
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import writeFileAtomic from 'write-file-atomic';

/** Writes a private file (0600) so that a reader, or a crash, sees the old content or the new one; on the disk when it resolves. */
export async function writePrivate(path: string, content: string): Promise<void> {
  await writeFileAtomic(path, content, { mode: 0o600 });
}

export async function writeJson(path: string, value: unknown): Promise<void> {
  await writePrivate(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

export type JsonRead<T> =
  | { readonly found: true; readonly value: T }
  /** `reason`: the file is there but is no such thing; absent when there is no file. */
  | { readonly found: false; readonly reason?: string };

/** Reads a JSON file. A missing or corrupt one is a result; other failures (no permission, a disk error) reject. */
export async function readJson<S extends z.ZodType>(path: string, schema: S): Promise<JsonRead<z.output<S>>> {
  const text = await readText(path);
  if (text === undefined) return { found: false };
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    if (parsed.success) return { found: true, value: parsed.data };
    const issue = parsed.error.issues[0];
    return {
      found: false,
      reason: `${path}: ${issue?.path.map(String).join('.') ?? ''} ${issue?.message ?? 'not valid'}`,
    };
  } catch (error) {
    return { found: false, reason: `${path}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The text of a file; undefined when there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether an error says that a file or folder is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
