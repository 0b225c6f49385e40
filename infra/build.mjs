/**
 * Makes dist/: the bundles that users and tests run, and the built viewer.
 * Each target is made again only when its sources changed; `--force` makes all.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isStale, markFresh, signature } from './stale.mjs';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const DIST = join(ROOT, 'dist');

/** Output name → source. All outputs and their chunks lie flat in dist/, so `new URL('./relay.mjs', import.meta.url)` holds in each. */
const ENTRIES = {
  treeline: 'runner/src/main.ts',
  worker: 'runner/src/worker/main.ts',
  relay: 'server/src/main.ts',
  'store-thread': 'server/src/adapters/sqlite/thread.ts',
};

/** Chunks of earlier builds stay this long, for processes that still run them and load parts lazily. */
const KEEP_CHUNKS_MS = 24 * 60 * 60 * 1000;

const COMMON = ['package.json', 'pnpm-lock.yaml', 'infra/build.mjs', 'shared/src'];
const TARGETS = [
  { name: 'bundles', sources: [...COMMON, 'server/src', 'runner/src'], make: makeBundles },
  { name: 'viewer', sources: [...COMMON, 'web'], make: makeViewer },
];

/** Makes what is stale. Resolves to the names of what was made; rejects when a source does not compile. */
export async function build({ force = false, log = (line) => console.error(line) } = {}) {
  mkdirSync(DIST, { recursive: true });
  const made = TARGETS.map(async ({ name, sources, make }) => {
    const stamp = join(DIST, `.${name}`);
    const current = signature(ROOT, sources);
    if (!force && !isStale(stamp, current)) return [];
    const started = Date.now();
    rmSync(stamp, { force: true });
    if (!(await make(log))) return [];
    markFresh(stamp, current);
    log(`built the ${name} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    return [name];
  });
  return (await Promise.all(made)).flat();
}

/** What every Node bundle has in common; packages with native parts stay outside. */
export function nodeOptions() {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return {
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    outdir: DIST,
    outExtension: { '.js': '.mjs' },
    external: ['libsql'],
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'linked',
    define: {
      'process.env.TREELINE_VERSION': JSON.stringify(version),
      __dirname: 'import.meta.dirname',
      __filename: 'import.meta.filename',
    },
    banner: {
      js: `import{createRequire as $createRequire}from'node:module';const require=$createRequire(import.meta.url);`,
    },
    logLevel: 'error',
  };
}

async function makeBundles(log) {
  const entryPoints = {};
  for (const [name, source] of Object.entries(ENTRIES)) {
    if (existsSync(join(ROOT, source))) entryPoints[name] = source;
    else log(`there is no ${source} yet: dist/${name}.mjs is left out`);
  }
  if (Object.keys(entryPoints).length === 0) return false;
  const { build: esbuild } = await import('esbuild');
  const { outputFiles } = await esbuild({
    ...nodeOptions(),
    entryPoints,
    splitting: true,
    chunkNames: 'chunk-[hash]',
    write: false,
  });
  const isEntry = (path) => !basename(path).startsWith('chunk-');
  for (const file of outputFiles.filter(({ path }) => !isEntry(path))) place(file);
  for (const file of outputFiles.filter(({ path }) => isEntry(path))) place(file);
  pruneChunks();
  return true;
}

/** Whole or not at all: a process may start from dist while it is written. */
function place({ path, contents }) {
  writeFileSync(`${path}.new`, contents);
  renameSync(`${path}.new`, path);
}

function pruneChunks() {
  const oldest = Date.now() - KEEP_CHUNKS_MS;
  for (const name of readdirSync(DIST).filter((it) => it.startsWith('chunk-'))) {
    const path = join(DIST, name);
    if (statSync(path).mtimeMs < oldest) rmSync(path);
  }
}

async function makeViewer(log) {
  const root = join(ROOT, 'web');
  if (!existsSync(join(root, 'index.html'))) {
    log('there is no web/index.html yet: dist/web is left out');
    return false;
  }
  const vite = await import(pathToFileURL(createRequire(join(root, 'package.json')).resolve('vite')).href);
  await vite.build({ root, logLevel: 'warn', build: { outDir: join(DIST, 'web'), emptyOutDir: true } });
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build({ force: process.argv.includes('--force') }).catch((error) => {
    console.error(`The build failed: ${error.message}`);
    process.exitCode = 1;
  });
}
