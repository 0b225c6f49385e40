/** `pnpm bench [arguments]`: builds the bundles and the benchmark beside them, then becomes the benchmark in this process. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DIST, ensureBuilt, nodeOptions, ROOT } from './build.mjs';
import { provideTools } from './tools.mjs';

const source = 'test/bench/main.ts';
if (!existsSync(join(ROOT, source))) {
  console.error(`There is no ${source} to run.`);
  process.exit(1);
}
if (!ensureBuilt()) process.exit(1);
const esbuild = await import('esbuild');
await esbuild.build({ ...nodeOptions(), entryPoints: { bench: source } });
await esbuild.stop();
Object.assign(process.env, provideTools(), { TREELINE_TEST_DIST: DIST });
const bench = join(DIST, 'bench.mjs');
process.argv[1] = bench;
await import(pathToFileURL(bench).href);
