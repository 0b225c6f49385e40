import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './build.mjs';

/** A tag says what it is to people; the digest says which one. */
const PINNED = /^[a-z0-9./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/;
const dockerfiles = readdirSync(join(ROOT, 'infra'), { recursive: true })
  .filter((file) => /(^|\/)Dockerfile/.test(file))
  .map((file) => join('infra', file));

test.each(dockerfiles)(
  '%s is made of images that are pinned by their digests, and runs as a user without rights',
  (file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const stages = [...text.matchAll(/^FROM\s+.*\sAS\s+(\S+)\s*$/gim)].map(([, name]) => name);
    const bases = [...text.matchAll(/^FROM\s+(?:--\S+\s+)*(\S+)/gim)].map(([, base]) => base);
    const copied = [...text.matchAll(/^COPY\s+.*--from=(\S+)/gim)].map(([, from]) => from);
    expect(bases.length).toBeGreaterThan(0);
    expect([...bases, ...copied].filter((image) => !stages.includes(image) && !PINNED.test(image))).toEqual([]);
    const last = text.slice(text.lastIndexOf('\nFROM '));
    expect([...last.matchAll(/^USER\s+(\S+)/gim)].at(-1)?.[1]).toMatch(/^(?!root$|0(:|$))/);
    // A package manager that is fetched for the build is part of what is built.
    for (const [, program] of text.matchAll(/npx\s+--yes\s+(\S+)/g)) expect(program).toMatch(/@\d+\.\d+\.\d+$/);
  },
);

test('docker-compose.yml runs what it builds, and images that are pinned by their digests', () => {
  const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
  const built = [...text.matchAll(/^ *build:\n(?:^ .*\n)*?^ *image: (\S+)$/gm)].map(([, image]) => image);
  const images = [...text.matchAll(/^ *image: *(\S+)/gm)].map(([, image]) => image);
  expect(built).toEqual(['treeline']);
  expect(images.filter((image) => !built.includes(image) && !PINNED.test(image))).toEqual([]);
  expect(images.length).toBeGreaterThan(built.length);
});

test.each(['read_only: true', 'cap_drop: [ALL]', "security_opt: ['no-new-privileges:true']"])(
  'docker-compose.yml says `%s` of all that it runs',
  (words) => {
    const lines = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8').split('\n');
    const count = (isMeant) => lines.map((line) => line.trim()).filter(isMeant).length;
    expect(count((line) => line === words)).toBe(count((line) => line.startsWith('image: ')));
  },
);
