/** `pnpm test:cuts [arguments]`: builds the bundles and the program that ends credentials under traffic, then becomes that program. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DIST, ensureBuilt, nodeOptions, ROOT } from './build.mjs';
import { provideTools } from './tools.mjs';

if (!ensureBuilt()) process.exit(1);
const OUT = join(ROOT, 'dist-cuts');
const esbuild = await import('esbuild');
await esbuild.build({ ...nodeOptions(), outdir: OUT, entryPoints: { cuts: 'test/cuts/main.ts' } });
await esbuild.stop();
Object.assign(process.env, provideTools(), { TREELINE_TEST_DIST: DIST });
const program = join(OUT, 'cuts.mjs');
process.argv[1] = program;
await import(pathToFileURL(program).href);
