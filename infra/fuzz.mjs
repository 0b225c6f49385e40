/** `pnpm test:fuzz [arguments]`: builds the bundles and the program that sends hostile inputs, then becomes that program. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DIST, ensureBuilt, nodeOptions, ROOT } from './build.mjs';

if (!ensureBuilt()) process.exit(1);
const OUT = join(ROOT, 'dist-fuzz');
const esbuild = await import('esbuild');
await esbuild.build({ ...nodeOptions(), outdir: OUT, entryPoints: { fuzz: 'test/fuzz/main.ts' } });
await esbuild.stop();
process.env.TREELINE_TEST_DIST = DIST;
const program = join(OUT, 'fuzz.mjs');
process.argv[1] = program;
await import(pathToFileURL(program).href);
