import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { expect, test } from 'vitest';
import { DIST } from './build.mjs';
import { EXTENSIONS, mimeTypes } from './used-parts.mjs';

test('the relay knows the type of every file of the viewer', () => {
  const files = readdirSync(join(DIST, 'web'), { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
  const extensions = new Set(files.map(({ name }) => extname(name).slice(1)));
  expect(extensions.size).toBeGreaterThan(3);
  expect([...extensions].filter((it) => !EXTENSIONS.has(it))).toEqual([]);
});

test('of the MIME types those stay that have one of these extensions', () => {
  const text = JSON.stringify({
    'text/html': { compressible: true, extensions: ['html', 'htm'] },
    'application/vnd.other': { extensions: ['other'] },
    'application/nameless': { source: 'iana' },
  });
  expect(mimeTypes(text)).toBe('module.exports = {"text/html":{"compressible":true,"extensions":["html","htm"]}};');
});
