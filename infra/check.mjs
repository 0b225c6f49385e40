/** `pnpm check`: format, lint, types, dead code, then the tests. `--no-test` leaves the tests out. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './build.mjs';

const CHECKS = {
  format: ['oxfmt', '--check'],
  lint: ['oxlint', '--deny-warnings'],
  types: ['tsc', '-b'],
  'dead code': ['knip'],
};

const failed = [];
for (const [name, [command, ...args]] of Object.entries(CHECKS)) {
  console.error(`── ${name}`);
  const { status } = spawnSync(join(ROOT, 'node_modules', '.bin', command), args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) failed.push(name);
}

if (failed.length > 0) {
  console.error(
    `check: ${failed.join(', ')} failed${process.argv.includes('--no-test') ? '' : '; the tests did not run'}`,
  );
  process.exitCode = 1;
} else if (!process.argv.includes('--no-test')) {
  await import('./test.mjs');
}
