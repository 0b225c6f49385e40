import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { DIST, ROOT } from './build.mjs';
import { EXTENSIONS, mimeTypes, ONLY_WHAT_IS_USED } from './used-parts.mjs';

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

test('a body in any character set that express lets in is decoded, and ends nothing', async () => {
  const resolve = (from, name) => createRequire(from).resolve(name);
  const bodyParser = resolve(resolve(join(ROOT, 'server/package.json'), 'express'), 'body-parser');
  const folder = mkdtempSync(join(tmpdir(), 'treeline-parts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const outfile = join(folder, 'iconv.cjs');
  await build({
    stdin: { contents: "module.exports = require('iconv-lite');", resolveDir: dirname(bodyParser) },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
    plugins: [ONLY_WHAT_IS_USED],
  });
  const iconv = createRequire(outfile)(outfile);
  const names = ['utf-7', 'utf-7-imap', 'utf-8', 'utf-16', 'utf-16le', 'utf-16be', 'utf-32', 'utf-32le', 'utf-32be'];
  for (const name of names) {
    expect(iconv.encodingExists(name), name).toBe(true);
    expect(iconv.decode(iconv.encode('[1, "é"]', name), name), name).toBe('[1, "é"]');
  }
});
