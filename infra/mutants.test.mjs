import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MUTANTS } from './mutants.mjs';

const ROOT = join(import.meta.dirname, '..');

test('each mutant still finds the text that it changes, once, and changes it', () => {
  const lost = MUTANTS.flatMap(({ name, changes }) =>
    changes
      .filter(([path, find]) => readFileSync(join(ROOT, path), 'utf8').split(find).length !== 2)
      .map(([path, find]) => `${name}: "${find}" in ${path}`),
  );
  expect(lost).toEqual([]);
  for (const [, find, replacement] of MUTANTS.flatMap(({ changes }) => changes)) expect(replacement).not.toBe(find);
  expect(MUTANTS.length).toBeGreaterThanOrEqual(8);
});
