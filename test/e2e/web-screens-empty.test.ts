/** Every screen with nothing to show, while it loads, and when the relay has trouble: without fault for axe, no wider than the phone. */
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useRig } from '@treeline/test-support/rig.ts';
import { hasChromium, openBrowser, signIn, visitor, type Size, STORE } from './browser.ts';
import { lookAt, walk, type Place } from './looks.ts';
import { EMPTY_SCREENS, ENTRANCES } from './screens.ts';
import { fail, FAILING, hang, LOADING } from './troubles.ts';

const SIZES: readonly Size[] = ['phone', 'desktop'];
/** Some thirty screens, each looked at whole. */
const LOOK_MS = 400_000;

describe.skipIf(!hasChromium)('the screens', { timeout: LOOK_MS }, () => {
  const it = useRig({ store: STORE });
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  test.each(SIZES)('are without fault when there is nothing to show, light and dark: %s', async (size) => {
    const who = await visitor(browser, { size, scheme: 'light' });
    const each = { page: who.page, url: it.rig.relay.url, look: lookAt(who.page, size) };
    await walk({ ...each, places: ENTRANCES });
    await signIn(who, it.rig);
    await walk({ ...each, places: EMPTY_SCREENS, within: true });
    expect(who.complaints).toEqual([]);
    await who.context.close();
  });

  const troubles: [string, readonly Place[], (context: BrowserContext) => Promise<() => Promise<void>>][] = [
    ['while they load', LOADING, hang],
    ['when the relay has trouble', FAILING, fail],
  ];
  test.each(troubles)('are without fault %s, light and dark', async (_, places, trouble) => {
    for (const size of SIZES) {
      const who = await visitor(browser, { size, scheme: 'light' });
      await signIn(who, it.rig);
      await who.page.goto('about:blank');
      const over = await trouble(who.context);
      const each = { page: who.page, url: it.rig.relay.url, look: lookAt(who.page, size) };
      await walk({ ...each, places, within: true });
      await over();
      expect(who.complaints).toEqual([]);
      await who.context.close();
    }
  });
});
