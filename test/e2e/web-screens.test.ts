/** Every screen, with and without data: nothing that axe finds fault with, nothing wider than the phone. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useRig } from '@treeline/test-support/rig.ts';
import { expectAccessible, hasChromium, openBrowser, signIn, visitor, type Scheme, type Size } from './browser.ts';
import { EMPTY_SCREENS, SCREENS } from './screens.ts';
import { stage, type Staged } from './staging.ts';

const LOOKS: readonly (readonly [Size, Scheme])[] = [
  ['phone', 'light'],
  ['phone', 'dark'],
  ['desktop', 'light'],
  ['desktop', 'dark'],
];

/** A dozen sessions start one after the other; a loaded machine takes minutes. */
const STAGING_MS = 400_000;
/** Fifteen screens, each looked at whole. */
const LOOK_MS = 400_000;

type Place = readonly [name: string, path: string, ready: string];

describe.skipIf(!hasChromium)('the screens', { timeout: LOOK_MS }, () => {
  const it = useRig({ store: 'embedded' });
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  async function look([size, scheme]: (typeof LOOKS)[number], places: readonly Place[]): Promise<void> {
    const who = await visitor(browser, { size, scheme });
    await who.page.goto(`${it.rig.relay.url}/login`);
    await who.page.getByLabel('One-time code').waitFor();
    await expectAccessible(who.page, `login, ${size}, ${scheme}`);
    await signIn(who, it.rig);
    for (const [name, path, ready] of places) {
      await who.page.goto(`${it.rig.relay.url}${path}`);
      await who.page.getByText(ready).first().waitFor();
      await expectAccessible(who.page, `${name}, ${size}, ${scheme}`);
      expect(await sideways(who.page), `${name} is wider than its ${size}`).toBe(0);
    }
    expect(who.complaints).toEqual([]);
    await who.context.close();
  }

  test.each(LOOKS)('are without fault when there is nothing to show: %s, %s', (size, scheme) =>
    look(
      [size, scheme],
      EMPTY_SCREENS.map(({ name, path, ready }) => [name, path, ready]),
    ),
  );

  describe('with work going on', () => {
    let staged: Staged;
    beforeAll(async () => {
      staged = await stage(it.rig, { pi: await it.rig.runner('kitchen-pi'), desk: await it.rig.runner('desktop') });
    }, STAGING_MS);

    test.each(LOOKS)('are without fault: %s, %s', (size, scheme) =>
      look(
        [size, scheme],
        SCREENS.map(({ name, path, ready }) => [name, path(staged), ready]),
      ),
    );
  });
});

/** How far a page can be scrolled sideways. */
function sideways(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
