/** For tests that run from sources: Node 20 loads no TypeScript, so the store thread is bundled first. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Store } from '../../ports/store.ts';
import { openSqliteStore } from './index.ts';

/** Inside the package, so that the bundle finds what it leaves outside. */
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/treeline/', import.meta.url));

let bundle: Promise<URL> | undefined;

/** `openSqliteStore` with the thread as its sources are now. */
export async function openSqliteFromSources(file: string): Promise<Store> {
  return openSqliteStore({ file, threadUrl: await threadFromSources() });
}

export function threadFromSources(): Promise<URL> {
  bundle ??= bundleThread();
  return bundle;
}

async function bundleThread(): Promise<URL> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./thread.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['libsql'],
    write: false,
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error('esbuild made nothing of thread.ts');
  const name = createHash('sha256').update(output.contents).digest('hex').slice(0, 16);
  const path = `${CACHE}store-thread-${name}.mjs`;
  if (!existsSync(path)) {
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(`${path}.${process.pid}`, output.contents);
    renameSync(`${path}.${process.pid}`, path);
  }
  return pathToFileURL(path);
}
