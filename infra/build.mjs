/**
 * Makes dist/: the bundles that users and tests run, and the built viewer.
 * Each target is made again only when its sources changed; `--force` makes all.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isStale, markFresh, signature } from './stale.mjs';
import { ONLY_WHAT_IS_USED } from './used-parts.mjs';

export const ROOT = dirname(import.meta.dirname);
export const DIST = join(ROOT, 'dist');

/** Output name → source. All outputs and their chunks lie flat in dist/, so `new URL('./relay.mjs', import.meta.url)` holds in each. */
export const ENTRIES = {
  treeline: 'runner/src/main.ts',
  worker: 'runner/src/worker/main.ts',
  relay: 'server/src/main.ts',
  'store-thread': 'server/src/adapters/sqlite/thread.ts',
};

/** Chunks of earlier builds stay this long, for processes that still run them and load parts lazily. */
const KEEP_CHUNKS_MS = 24 * 60 * 60 * 1000;

const COMMON = ['package.json', 'pnpm-lock.yaml', 'infra/build.mjs', 'infra/used-parts.mjs', 'shared/src'];
const TARGETS = [
  { name: 'bundles', sources: [...COMMON, 'server/src', 'runner/src'], make: makeBundles },
  { name: 'viewer', sources: [...COMMON, 'web'], make: makeViewer },
];

/** Makes what is stale; rejects when a source does not compile. */
async function build(force) {
  mkdirSync(DIST, { recursive: true });
  for (const target of TARGETS) {
    const current = signature(ROOT, target.sources);
    if (!force && !isStale(stampOf(target), current)) continue;
    const started = Date.now();
    rmSync(stampOf(target), { force: true });
    if (!(await target.make())) continue;
    markFresh(stampOf(target), current);
    console.error(`built the ${target.name} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }
}

/**
 * Makes what is stale, in a process of its own so that no build tool stays in the memory of the caller.
 * Costs a few milliseconds when nothing is. False when the build failed; it has then said why.
 */
export function ensureBuilt() {
  if (!TARGETS.some((target) => isStale(stampOf(target), signature(ROOT, target.sources)))) return true;
  const { status } = spawnSync(process.execPath, [import.meta.filename], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  return status === 0;
}

const stampOf = ({ name }) => join(DIST, `.${name}`);

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
    // Where a test may have a process crash: shared/src/failpoint.ts. No build for users has such places.
    dropLabels: ['FAILPOINT'],
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
    plugins: [ZOD_BY_PARTS, ONLY_WHAT_IS_USED],
    logLevel: 'error',
  };
}

/** `{ z }` would bring all of zod with it, its 50 languages included; of the namespace only what is used stays: 220 KB instead of 750. */
const ZOD_BY_PARTS = {
  name: 'zod-by-parts',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\](shared|server|runner|test)[/\\].*\.ts$/ }, async ({ path }) => {
      if (path.includes('node_modules')) return undefined;
      const text = await readFile(path, 'utf8');
      return { contents: text.replace("import { z } from 'zod';", "import * as z from 'zod';"), loader: 'ts' };
    });
  },
};

async function makeBundles() {
  const entryPoints = {};
  for (const [name, source] of Object.entries(ENTRIES)) {
    if (existsSync(join(ROOT, source))) entryPoints[name] = source;
    else console.error(`there is no ${source} yet: dist/${name}.mjs is left out`);
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

async function makeViewer() {
  const root = join(ROOT, 'web');
  if (!existsSync(join(root, 'index.html'))) {
    console.error('there is no web/index.html yet: dist/web is left out');
    return false;
  }
  const vite = await import(pathToFileURL(createRequire(join(root, 'package.json')).resolve('vite')).href);
  // Another process may build at the same time, and a test runner's NODE_ENV would make a page for developers.
  const fresh = join(DIST, `.viewer-new-${process.pid}`);
  process.env.NODE_ENV = 'production';
  await vite.build({ root, logLevel: 'warn', build: { outDir: fresh, emptyOutDir: true } });
  rmSync(join(DIST, 'web'), { recursive: true, force: true });
  renameSync(fresh, join(DIST, 'web'));
  return true;
}

if (process.argv[1] === import.meta.filename) {
  try {
    await build(process.argv.includes('--force'));
  } catch (error) {
    console.error(`The build failed: ${error.message}`);
    process.exitCode = 1;
  }
}
