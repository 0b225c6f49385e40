/**
 * Pictures of every screen, from a real run: TREELINE_SCREENSHOTS=folder npx vitest run test/e2e/web-screenshots.test.ts
 * With TREELINE_SCREENSHOTS=docs/img only those that the README shows.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { useRig } from '@treeline/test-support/rig.ts';
import { hasChromium, openBrowser, signIn, visitor, type Scheme, type Size } from './browser.ts';
import { stage, type Staged } from './staging.ts';

const wanted = process.env['TREELINE_SCREENSHOTS'] ?? '';
const folder = resolve(import.meta.dirname, '../..', wanted);
const onlyForReadme = wanted === 'docs/img';

type Shot = readonly [name: string, path: (staged: Staged) => string, ready: (page: Page) => Promise<unknown>];

const text = (words: string) => (page: Page) => page.getByText(words).first().waitFor();
const SHOTS: readonly Shot[] = [
  ['inbox', () => '/inbox', text('Which one shall the API use')],
  ['sessions', () => '/sessions', text('Watch the error budget')],
  ['tree', () => '/sessions?view=tree', text('Test matrix')],
  ['session', ({ tests }) => `/s/${tests}`, text('All six combinations pass')],
  ['session-tree', ({ release }) => `/s/${release}?tab=tree`, text('Test matrix')],
  ['session-info', ({ release }) => `/s/${release}?tab=info`, text('Release 2.3')],
  ['root', ({ release }) => `/s/${release}`, text('Changelog drafted')],
  ['failed', ({ failed }) => `/s/${failed}`, text('exit code 3')],
  ['new', () => '/new', text('Task')],
  ['runners', () => '/runners', text('kitchen-pi')],
  ['add-runner', () => '/runners/add', text('treeline runner join')],
  ['settings', () => '/settings', text('Appearance')],
  ['notifications', () => '/settings/notifications', text('This device')],
];

describe.skipIf(wanted === '' || !hasChromium)('screenshots', () => {
  const it = useRig({ store: 'embedded' });
  let browser: Browser;
  let staged: Staged;

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    const pi = await it.rig.runner('kitchen-pi');
    const desk = await it.rig.runner('desktop');
    staged = await stage(it.rig, { pi, desk });
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  async function shoot(size: Size, scheme: Scheme): Promise<void> {
    const who = await visitor(browser, { size, scheme, sharp: onlyForReadme && size === 'phone' });
    await signIn(who, it.rig);
    for (const [name, path, ready] of SHOTS) {
      const forReadme = size === 'phone' ? name === 'inbox' : name === 'root';
      if (onlyForReadme && !forReadme) continue;
      await who.page.goto(`${it.rig.relay.url}${path(staged)}`);
      await ready(who.page);
      await who.page.evaluate('document.fonts.ready');
      await who.page.waitForTimeout(300);
      await who.page.screenshot({ path: join(folder, `${name}-${size}-${scheme}.png`) });
    }
    await who.page.goto(`${it.rig.relay.url}/settings`);
    await who.context.clearCookies();
    if (!onlyForReadme) {
      await who.page.goto(`${it.rig.relay.url}/login`);
      await text('One-time code')(who.page);
      await who.page.screenshot({ path: join(folder, `login-${size}-${scheme}.png`) });
    }
    await who.context.close();
  }

  test('shows each screen on a phone and on a desktop', async () => {
    await shoot('phone', 'light');
    await shoot('desktop', 'light');
    if (onlyForReadme) return;
    await shoot('phone', 'dark');
    await shoot('desktop', 'dark');
  });
});
