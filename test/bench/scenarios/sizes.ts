/** What is installed: the bundles with all that they load, the viewer, and the one native package. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Context } from '../context.ts';
import { DIST } from '../servers/process.ts';

const MB = 1024 * 1024;

export async function sizes({ samples, progress }: Context): Promise<void> {
  progress('sizes');
  const take = (name: string, bytes: number) => samples.take(name, () => Promise.resolve({ 'size.files': bytes / MB }));
  const all = new Set<string>();
  for (const entry of ['relay.mjs', 'treeline.mjs', 'worker.mjs', 'store-thread.mjs']) {
    const files = reachedFrom(entry);
    for (const file of files) all.add(file);
    if (entry !== 'store-thread.mjs') await take(`${entry} and what it may load`, sum(files));
    if (entry !== 'store-thread.mjs') await take(`${entry} and what it loads at once`, sum(reachedFrom(entry, true)));
  }
  await take('all bundles', sum(all));
  await take(
    'all bundles, gzipped',
    [...all].reduce((bytes, file) => bytes + gzipSync(readFileSync(file)).length, 0),
  );
  await take('viewer', folderBytes(join(DIST, 'web')));
  await take('libsql, native', nativeBytes());
}

/** The file and its chunks, by the names of chunks in their text. */
function reachedFrom(entry: string, staticOnly = false): Set<string> {
  const found = new Set([join(DIST, entry)]);
  for (const file of found) {
    const text = readFileSync(file, 'utf8');
    const names = staticOnly ? /(?:from|import) ?"\.\/([\w-]+\.mjs)"/g : /"\.\/(chunk-[\w-]+\.mjs)"/g;
    for (const [, name = ''] of text.matchAll(names)) found.add(join(DIST, name));
  }
  return found;
}

function sum(files: Iterable<string>): number {
  return [...files].reduce((bytes, file) => bytes + statSync(file).size, 0);
}

function folderBytes(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return sum(entries.map((entry) => join(entry.parentPath, entry.name)));
}

function nativeBytes(): number {
  const require = createRequire(join(DIST, '..', 'package.json'));
  const scope = join(dirname(require.resolve('libsql')), '..', '@libsql');
  return readdirSync(scope).reduce((bytes, name) => bytes + folderBytes(join(scope, name)), 0);
}
