/**
 * `pnpm test:faults [arguments]`: builds the product with its failpoints, and the program that breaks it, then becomes
 * that program. `--build` only builds.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ENTRIES, nodeOptions, ROOT } from './build.mjs';
import { isStale, markFresh, signature } from './stale.mjs';
import { provideTools } from './tools.mjs';

const OUT = join(ROOT, 'dist-faults');
const SOURCES = [
  'package.json',
  'pnpm-lock.yaml',
  'infra',
  'shared/src',
  'server/src',
  'runner/src',
  'test/faults',
  'test/support',
];

await build();
if (!process.argv.includes('--build')) {
  Object.assign(process.env, provideTools(), { TREELINE_TEST_DIST: OUT });
  const program = join(OUT, 'faults.mjs');
  process.argv[1] = program;
  await import(pathToFileURL(program).href);
}

async function build() {
  const stamp = join(OUT, '.faults');
  const current = signature(ROOT, SOURCES);
  if (!isStale(stamp, current)) return;
  mkdirSync(OUT, { recursive: true });
  const esbuild = await import('esbuild');
  const runtime = join(ROOT, 'infra', 'faults-runtime.mjs');
  await esbuild.build({ ...productOptions(), entryPoints: ENTRIES, inject: [runtime] });
  await esbuild.build({ ...nodeOptions(), outdir: OUT, entryPoints: { faults: 'test/faults/main.ts' } });
  await esbuild.stop();
  markFresh(stamp, current);
}

/** The product as users get it, but with its failpoints. */
function productOptions() {
  return { ...nodeOptions(), outdir: OUT, splitting: true, chunkNames: 'chunk-[hash]', dropLabels: [] };
}
