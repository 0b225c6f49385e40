/**
 * `pnpm test:faults [arguments]`: builds the product with its failpoints and the program that breaks it, then becomes
 * that program. `--build` only builds.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ENTRIES, nodeOptions, ROOT } from './build.mjs';
import { provideTools } from './tools.mjs';

const OUT = join(ROOT, 'dist-faults');
const esbuild = await import('esbuild');
await esbuild.build({
  ...nodeOptions(),
  outdir: OUT,
  entryPoints: { ...ENTRIES, faults: 'test/faults/main.ts' },
  splitting: true,
  chunkNames: 'chunk-[hash]',
});
await esbuild.stop();
if (!process.argv.includes('--build')) {
  Object.assign(process.env, provideTools(), { TREELINE_TEST_DIST: OUT });
  const program = join(OUT, 'faults.mjs');
  process.argv[1] = program;
  await import(pathToFileURL(program).href);
}
