/** For tests that run from sources: Node 20 loads no TypeScript, so what runs in a thread or a process of its own is bundled first. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Store } from '../../ports/store.ts';
import { openSqliteStore } from './index.ts';

/** Inside the package, so that the bundle finds what it leaves outside. */
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/treeline/', import.meta.url));

/** `openSqliteStore` with the thread as its sources are now. */
export async function openSqliteFromSources(file: string): Promise<Store> {
  return openSqliteStore({ file, threadUrl: await bundled('thread') });
}

const bundles = new Map<string, Promise<URL>>();

/** A module of this folder as a file that Node can run. */
export function bundled(module: string): Promise<URL> {
  const bundle = bundles.get(module) ?? makeBundle(module);
  bundles.set(module, bundle);
  return bundle;
}

async function makeBundle(module: string): Promise<URL> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`./${module}.ts`, import.meta.url))],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['libsql'],
    write: false,
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`esbuild made nothing of ${module}.ts`);
  const name = createHash('sha256').update(output.contents).digest('hex').slice(0, 16);
  const path = `${CACHE}${module}-${name}.mjs`;
  if (!existsSync(path)) {
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(`${path}.${process.pid}`, output.contents);
    renameSync(`${path}.${process.pid}`, path);
  }
  return pathToFileURL(path);
}
