/** What users run has no place where it could be told to crash. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FAILPOINTS } from '@treeline/shared';
import { bundle } from '@treeline/test-support/programs.ts';
import { expect, test } from 'vitest';

const SOURCES = join(import.meta.dirname, '../..');

test('no failpoint is in the bundles that users run', () => {
  const dist = dirname(bundle('relay.mjs'));
  const programs = readdirSync(dist).filter((name) => name.endsWith('.mjs'));
  const fresh = new Set(['relay.mjs', 'treeline.mjs', 'worker.mjs', 'store-thread.mjs']);
  const reached = reachable(dist, [...fresh]);
  expect(programs.length).toBeGreaterThan(0);
  for (const name of reached) {
    const text = readFileSync(join(dist, name), 'utf8');
    for (const failpoint of FAILPOINTS)
      expect(text.includes(`'${failpoint}'`) || text.includes(`"${failpoint}"`)).toBe(false);
  }
});

test('every failpoint stands in the sources, once, behind the label that the build drops', () => {
  const calls = ['server/src', 'runner/src'].flatMap((folder) => callsBelow(join(SOURCES, folder)));
  expect(calls.toSorted()).toEqual([...FAILPOINTS].toSorted());
});

/** The bundles and the chunks that they import. */
function reachable(dist: string, from: readonly string[]): Set<string> {
  const found = new Set(from);
  for (const name of found) {
    for (const [, next] of readFileSync(join(dist, name), 'utf8').matchAll(/["']\.\/([\w-]+\.mjs)["']/g)) {
      if (next !== undefined && readdirSync(dist).includes(next)) found.add(next);
    }
  }
  return found;
}

function callsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/(FAILPOINT: )?failpoint\('([\w.]+)'\)/g)])
    .map(([, label, name = '']) => (label === undefined ? `${name} without its label` : name));
}
