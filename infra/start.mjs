/** `treeline` in a clone: builds what is older than its sources, then becomes the CLI in this same process. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DIST, ensureBuilt } from './build.mjs';

const cli = join(DIST, 'treeline.mjs');

if (!ensureBuilt()) process.exit(1);
if (!existsSync(cli)) {
  console.error('There is no runner/src/main.ts to build the treeline command from.');
  process.exit(1);
}
process.argv[1] = cli;
await import(pathToFileURL(cli).href);
