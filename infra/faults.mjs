/**
 * `pnpm test:faults [arguments]`: builds the product with its failpoints, and the program that breaks it, then becomes
 * that program. `--build` only builds.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ENTRIES, nodeOptions, ROOT } from './build.mjs';
import { hunt, mutation, MUTANTS } from './mutants.mjs';
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
if (process.argv.includes('--mutants')) {
  process.exitCode = (await huntMutants(process.argv.slice(process.argv.indexOf('--mutants') + 1))) ? 0 : 1;
} else if (!process.argv.includes('--build')) {
  Object.assign(process.env, provideTools(), { TREELINE_TEST_DIST: OUT });
  const program = join(OUT, 'faults.mjs');
  process.argv[1] = program;
  await import(pathToFileURL(program).href);
}

async function build() {
  const stamp = join(OUT, '.faults');
  const current = signature(ROOT, SOURCES);
  if (!isStale(stamp, current)) return;
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const esbuild = await import('esbuild');
  const runtime = join(ROOT, 'infra', 'faults-runtime.mjs');
  await esbuild.build({ ...productOptions(), entryPoints: ENTRIES, inject: [runtime] });
  await esbuild.build({ ...nodeOptions(), outdir: OUT, entryPoints: { faults: 'test/faults/main.ts' } });
  await esbuild.stop();
  markFresh(stamp, current);
}

/** True when each was caught. */
async function huntMutants(names) {
  Object.assign(process.env, provideTools());
  const esbuild = await import('esbuild');
  const program = join(OUT, 'faults.mjs');
  const missed = [];
  for (const mutant of MUTANTS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const dist = join(OUT, `mutant-${mutant.name}`);
    rmSync(dist, { recursive: true, force: true });
    const runtime = join(ROOT, 'infra', 'faults-runtime.mjs');
    await esbuild.build({
      ...productOptions(),
      outdir: dist,
      entryPoints: ENTRIES,
      inject: [runtime],
      plugins: [mutation(mutant, ROOT)],
    });
    const began = Date.now();
    const { caught, said } = await hunt(mutant, { dist, program });
    const first =
      said.split('\n').find((line) => /^(lost|duplicated|reordered|wrong): /.test(line)) ?? said.slice(-2000);
    console.log(
      `${caught ? 'caught' : 'MISSED'} ${mutant.name} after ${Math.round((Date.now() - began) / 1000)} s: ${first}`,
    );
    if (!caught) missed.push(mutant.name);
    else rmSync(dist, { recursive: true, force: true });
  }
  await esbuild.stop();
  console.log(missed.length === 0 ? 'every mutant was caught' : `missed: ${missed.join(', ')}`);
  return missed.length === 0;
}

/** The product as users get it, but with its failpoints. */
function productOptions() {
  return { ...nodeOptions(), outdir: OUT, splitting: true, chunkNames: 'chunk-[hash]', dropLabels: [] };
}
