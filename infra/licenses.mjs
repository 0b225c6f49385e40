/**
 * `node infra/licenses.mjs`: the licences of everything that the product ships, with how many packages have each; with
 * `--all` each package by name. Exit code 1 for a licence that nobody has allowed yet.
 */
import { spawnSync } from 'node:child_process';
import { ROOT } from './build.mjs';

/** MPL-2.0 asks for the sources of its own files alone, which are published as they are. */
const ALLOWED = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  'MPL-2.0',
  'CC0-1.0',
  'Python-2.0',
]);

const { stdout, stderr, status } = spawnSync('npx', ['--yes', 'pnpm', '-r', 'licenses', 'list', '--prod', '--json'], {
  cwd: ROOT,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
if (status !== 0) throw new Error(`the licences could not be listed: ${stderr}`);
const found = Object.entries(JSON.parse(stdout)).toSorted(([, a], [, b]) => b.length - a.length);
for (const [licence, packages] of found) {
  console.log(`${licence}: ${packages.length}${ALLOWED.has(licence) ? '' : ' (not allowed yet)'}`);
  if (process.argv.includes('--all'))
    for (const { name, versions } of packages) console.log(`  ${name} ${versions.join(', ')}`);
}
if (found.some(([licence]) => !ALLOWED.has(licence))) process.exitCode = 1;
