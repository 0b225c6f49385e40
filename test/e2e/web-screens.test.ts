/** Every screen, with and without data: nothing that axe finds fault with, nothing wider than the phone. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useRig } from '@treeline/test-support/rig.ts';
import { expectAccessible, hasChromium, openBrowser, signIn, visitor, type Size } from './browser.ts';
import { walk, type Place } from './looks.ts';
import { EMPTY_SCREENS, ENTRANCES, SCREENS } from './screens.ts';
import { stage, type Staged } from './staging.ts';

const SIZES: readonly Size[] = ['phone', 'desktop'];

/** A dozen sessions start one after the other; a loaded machine takes minutes. */
const STAGING_MS = 400_000;
/** Two dozen screens, each looked at whole. */
const LOOK_MS = 400_000;

describe.skipIf(!hasChromium)('the screens', { timeout: LOOK_MS }, () => {
  const it = useRig({ store: 'embedded' });
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  /** A phone opens each screen by its address, as from a notification; a desktop goes from one to the next. */
  async function look(size: Size, places: readonly Place[], entrances: readonly Place[] = []): Promise<void> {
    const who = await visitor(browser, { size, scheme: 'light' });
    const each = {
      page: who.page,
      url: it.rig.relay.url,
      within: size === 'desktop',
      look: async ({ name }: Place, scheme: string) => {
        await expectAccessible(who.page, `${name}, ${size}, ${scheme}`);
        expect(await sideways(who.page), `${name} is wider than its ${size}`).toBe(0);
      },
    };
    await walk({ ...each, places: entrances, within: false });
    await signIn(who, it.rig);
    await walk({ ...each, places });
    expect(who.complaints).toEqual([]);
    await who.context.close();
  }

  test.each(SIZES)('are without fault when there is nothing to show, light and dark: %s', (size) =>
    look(size, EMPTY_SCREENS, ENTRANCES),
  );

  describe('with work going on', () => {
    let staged: Staged;
    beforeAll(async () => {
      staged = await stage(it.rig, { pi: await it.rig.runner('kitchen-pi'), desk: await it.rig.runner('desktop') });
    }, STAGING_MS);

    test.each(SIZES)('are without fault, light and dark: %s', (size) =>
      look(
        size,
        SCREENS.map(({ path, ...screen }) => ({ ...screen, path: path(staged) })),
      ),
    );
  });
});

/** How far a page can be scrolled sideways. */
function sideways(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
