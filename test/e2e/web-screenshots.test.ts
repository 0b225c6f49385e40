/** Pictures of every screen, from a real run, for docs/img: `pnpm screenshots`. Elsewhere: TREELINE_SCREENSHOTS=folder. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { useRig } from '@treeline/test-support/rig.ts';
import { hasChromium, openBrowser, signIn, visitor, type Scheme, type Size, type Visitor } from './browser.ts';
import { EMPTY_SCREENS, SCREENS } from './screens.ts';
import { stage } from './staging.ts';

const wanted = process.env['TREELINE_SCREENSHOTS'] ?? '';
const folder = resolve(import.meta.dirname, '../..', wanted);
const LOOKS: readonly (readonly [Size, Scheme])[] = [
  ['phone', 'light'],
  ['phone', 'dark'],
  ['desktop', 'light'],
  ['desktop', 'dark'],
];
/** What moves in (a skeleton, a picture's edges) has come to rest. */
const REST_MS = 400;

describe.skipIf(wanted === '' || !hasChromium)('screenshots', () => {
  const it = useRig({ store: 'embedded' });
  let browser: Browser;
  const looks: { readonly who: Visitor; readonly suffix: string }[] = [];

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    browser = await openBrowser();
    for (const [size, scheme] of LOOKS)
      looks.push({ who: await visitor(browser, { size, scheme }), suffix: `${size}-${scheme}` });
  });
  afterAll(() => browser?.close());

  async function shoot(name: string, path: string, ready: string): Promise<void> {
    for (const { who, suffix } of looks) {
      await who.page.goto(`${it.rig.relay.url}${path}`);
      await who.page.getByText(ready).first().waitFor();
      await who.page.waitForTimeout(REST_MS);
      await who.page.screenshot({ path: join(folder, `${name}-${suffix}.png`) });
    }
  }

  test('show each screen on a phone and on a desktop, light and dark', { timeout: 1_800_000 }, async () => {
    await shoot('login', '/login', 'One-time code');
    for (const { who } of looks) await signIn(who, it.rig);
    for (const { name, path, ready } of EMPTY_SCREENS) await shoot(`empty-${name}`, path, ready);
    const staged = await stage(it.rig, { pi: await it.rig.runner('kitchen-pi'), desk: await it.rig.runner('desktop') });
    for (const { name, path, ready } of SCREENS) await shoot(name, path(staged), ready);
    for (const { who } of looks) await who.page.goto(`${it.rig.relay.url}/inbox`);
    await it.rig.relay.stop();
    for (const { who, suffix } of looks) {
      await who.page.getByText('Offline: answers wait').first().waitFor();
      await who.page.screenshot({ path: join(folder, `offline-${suffix}.png`) });
    }
    await it.rig.relay.start();
  });
});
