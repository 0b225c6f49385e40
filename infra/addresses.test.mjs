import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './build.mjs';

const WEB = join(ROOT, 'web');
const HOLDER = join('src', 'paths.ts');
/** The list of endpoints is the relay's: its paths are checked against shared by the compiler. */
const ADDRESS = /(?<!from |import\()(['"`])\/[a-z$][^'"`\n]*\1|\/\^\\\/[^\n]*\//g;

test('one file of the viewer holds every address', async () => {
  const entries = await readdir(WEB, { recursive: true, withFileTypes: true });
  const sources = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(WEB, join(parentPath, name)))
    .filter((file) => /^(src|worker)\/.*\.tsx?$/.test(file) && !/(\.test\.tsx?|testing\.ts|plugin\.ts)$/.test(file));
  expect(addressesIn(HOLDER)).toContain("'/inbox'");
  const elsewhere = sources
    .filter((file) => file !== HOLDER)
    .flatMap((file) => addressesIn(file).map((address) => `${file}: ${address}`));
  expect(elsewhere).toEqual([]);
});

function addressesIn(file) {
  const text = readFileSync(join(WEB, file), 'utf8').replaceAll(/^\s*(\/\*\*|\*|\/\/).*$/gm, '');
  return [...text.matchAll(ADDRESS)].map(([address]) => address);
}
