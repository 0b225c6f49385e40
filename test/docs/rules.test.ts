import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const RULE = /\b(?:LOG|INB|TREE|TRG|LINK|VIEW|EDGE|NTF|AUTH)-\d+\b/g;

async function testFiles(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter(
      (entry) =>
        entry.isFile() && /\.(?:test|contract)\.tsx?$/.test(entry.name) && !entry.parentPath.includes('node_modules'),
    )
    .map((entry) => join(entry.parentPath, entry.name));
}

test('every rule of docs/protocol.md opens the title of a test, and no test names a rule that is not there', async () => {
  const page = await readFile(join(root, 'docs/protocol.md'), 'utf8');
  const rules = new Set(page.match(/\*\*([A-Z]+-\d+)\*\*/g)?.map((bold) => bold.slice(2, -2)));
  const files = (
    await Promise.all(['shared/src', 'server/src', 'runner/src', 'web/src', 'test'].map(testFiles))
  ).flat();
  const sources = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const titles = sources.flatMap(
    (source) => source.match(/\b(?:test|it|describe)(?:\.\w+)?(?:\([^'"`]*\))?\(\s*['"`][^'"`\n]*/g) ?? [],
  );
  const tested = new Set(titles.flatMap((title) => title.match(RULE) ?? []));
  expect(
    [...rules].filter((rule) => !tested.has(rule)),
    'rules without a test',
  ).toEqual([]);
  expect(
    [...tested].filter((rule) => !rules.has(rule)),
    'tests of rules that do not exist',
  ).toEqual([]);
});
