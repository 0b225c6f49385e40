import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isStale, markFresh, signature } from './stale.mjs';

let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'treeline-stale-'));
  mkdirSync(join(root, 'src/deep'), { recursive: true });
  writeFileSync(join(root, 'src/deep/a.ts'), 'a');
  writeFileSync(join(root, 'lock.yaml'), '1');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const now = () => signature(root, ['src', 'lock.yaml', 'missing']);

test('what was made stays fresh until a source changes', () => {
  const stamp = join(root, 'stamp');
  expect(isStale(stamp, now())).toBe(true);
  markFresh(stamp, now());
  expect(isStale(stamp, now())).toBe(false);
  writeFileSync(join(root, 'lock.yaml'), '22');
  expect(isStale(stamp, now())).toBe(true);
});

test.each([
  ['a file is written', () => writeFileSync(join(root, 'src/deep/a.ts'), 'ab')],
  ['a file gets an older date', () => utimesSync(join(root, 'src/deep/a.ts'), 1, 1)],
  ['a file is added', () => writeFileSync(join(root, 'src/b.ts'), '')],
  ['a file is removed', () => rmSync(join(root, 'src/deep/a.ts'))],
  ['a missing path appears', () => writeFileSync(join(root, 'missing'), '')],
])('the signature changes when %s', (_, change) => {
  const before = now();
  change();
  expect(now()).not.toBe(before);
});

test('installed packages and emitted types do not count', () => {
  const before = now();
  for (const name of ['node_modules', '.types']) {
    mkdirSync(join(root, 'src', name));
    writeFileSync(join(root, 'src', name, 'x'), 'x');
  }
  expect(now()).toBe(before);
});
