import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withReference } from './reference.ts';

const page = join(import.meta.dirname, '../../docs/protocol.md');

/** `TREELINE_WRITE_DOCS=1 npx vitest run test/docs` makes it anew. */
test('the reference in docs/protocol.md is what the declarations say', async () => {
  const text = await readFile(page, 'utf8');
  const fresh = `${withReference(text).trimEnd()}\n`;
  if (process.env['TREELINE_WRITE_DOCS'] === '1') await writeFile(page, fresh);
  expect(await readFile(page, 'utf8')).toBe(fresh);
});
