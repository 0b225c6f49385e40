/** The page of the viewer shows every screen, and every picture that the documents show is there. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { isPictured } from '../e2e/looks.ts';
import { EMPTY_SCREENS, ENTRANCES, RARE_SCREENS, SCREENS } from '../e2e/screens.ts';
import { TROUBLES } from '../e2e/troubles.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/viewer.md'), 'utf8');

test('docs/viewer.md shows each screen on a phone and on a desktop, light and dark', () => {
  const names = [...ENTRANCES, ...SCREENS].filter(isPictured).map(({ name }) => name);
  const looks = [
    ...names,
    ...EMPTY_SCREENS.map(({ name }) => `empty-${name}`),
    ...TROUBLES,
    ...RARE_SCREENS.map(({ name }) => name),
    'removed',
  ].flatMap((name) =>
    ['phone-light', 'phone-dark', 'desktop-light', 'desktop-dark'].map((look) => `img/${name}-${look}.webp`),
  );
  expect(looks.filter((look) => !page.includes(`"${look}"`))).toEqual([]);
});

test.each(['README.md', 'docs/viewer.md'])('every picture of %s is there', (document) => {
  const folder = join(ROOT, document, '..');
  const shown = readFileSync(join(ROOT, document), 'utf8').matchAll(/(?:src|srcset)="([^":]+)"/g);
  const missing = [...shown].map(([, path]) => path ?? '').filter((path) => !existsSync(join(folder, path)));
  expect(missing).toEqual([]);
});
