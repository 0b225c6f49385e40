/** What the tests run: the bundles of dist/, as users do. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
let dist: string | undefined;

/** Path of a bundle such as `relay.mjs`. Outside `pnpm test`, which has built them, stale ones are made first. */
export function bundle(name: 'treeline.mjs' | 'relay.mjs'): string {
  dist ??= process.env['TREELINE_TEST_DIST'] ?? build();
  return join(dist, name);
}

function build(): string {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'infra/build.mjs')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the bundles could not be built:\n${stderr}`);
  return join(ROOT, 'dist');
}
