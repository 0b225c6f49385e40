import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cliReference } from './reference.ts';

const PAGE = join(import.meta.dirname, '../../../docs/cli.md');

test('docs/cli.md is what the commands say', async () => {
  if (process.env['TREELINE_WRITE_DOCS'] === '1') await writeFile(PAGE, cliReference());
  expect(await readFile(PAGE, 'utf8')).toBe(cliReference());
});
