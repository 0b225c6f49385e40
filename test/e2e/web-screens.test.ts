/** Every screen with work going on, and without its relay: nothing that axe finds fault with, nothing wider than the phone. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useRig } from '@treeline/test-support/rig.ts';
import { hasChromium, openBrowser, signIn, visitor, type Size, STORE } from './browser.ts';
import { lookAt, walk } from './looks.ts';
import { offlineScreens, RARE_SCREENS, SCREENS } from './screens.ts';
import { stage, type Staged } from './staging.ts';
import { forgetBeginnings } from './troubles.ts';

const SIZES: readonly Size[] = ['phone', 'desktop'];

/** A dozen sessions start one after the other; a loaded machine takes minutes. */
const STAGING_MS = 400_000;
/** Some forty screens, each looked at whole. */
const LOOK_MS = 400_000;

describe.skipIf(!hasChromium)('the screens with work going on', { timeout: LOOK_MS }, () => {
  const it = useRig({ store: STORE });
  let browser: Browser;
  let staged: Staged;

  beforeAll(async () => {
    browser = await openBrowser();
    staged = await stage(it.rig, { pi: await it.rig.runner('kitchen-pi'), desk: await it.rig.runner('desktop') });
  }, STAGING_MS);
  afterAll(() => browser?.close());

  /** A phone opens each screen by its address, as from a notification; a desktop goes from one to the next. */
  test.each(SIZES)('are without fault, with and without the relay, light and dark: %s', async (size) => {
    const who = await visitor(browser, { size, scheme: 'light' });
    const { page } = who;
    const each = { page, url: it.rig.relay.url, look: lookAt(page, size) };
    await signIn(who, it.rig);
    const places = [...SCREENS, ...RARE_SCREENS].map(({ path, ...screen }) => ({ ...screen, path: path(staged) }));
    await walk({ ...each, places, within: size === 'desktop' });
    await page.goto(`${it.rig.relay.url}/sessions`);
    await page.getByText('Watch the error budget').first().waitFor();
    await it.rig.relay.stop();
    try {
      await page.getByText(/Offline · as of/).waitFor({ timeout: 60_000 });
      await walk({ ...each, places: offlineScreens(staged), within: true, isOpen: true });
    } finally {
      await it.rig.relay.start();
    }
    expect(who.complaints).toEqual([]);
    await who.context.close();
  });

  test('says that the beginning of a log is no longer there', async () => {
    const who = await visitor(browser, { size: 'phone', scheme: 'light' });
    await signIn(who, it.rig);
    await who.page.goto('about:blank');
    await forgetBeginnings(who.context);
    const places = [{ name: 'removed', path: `/s/${staged.tests}`, ready: 'Earlier entries were removed' }];
    await walk({ page: who.page, url: it.rig.relay.url, places, look: lookAt(who.page, 'phone') });
    await who.context.close();
  });
});
