/** Pictures of every screen, from a real run, for docs/img: `pnpm screenshots`. Elsewhere: TREELINE_SCREENSHOTS=folder. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { useRig } from '@treeline/test-support/rig.ts';
import { hasChromium, openBrowser, signIn, visitor, type Size, type Visitor } from './browser.ts';
import { isPictured, walk, type Place } from './looks.ts';
import { EMPTY_SCREENS, ENTRANCES, offlineScreens, RARE_SCREENS, SCREENS } from './screens.ts';
import { stage } from './staging.ts';
import { fail, FAILING, forgetBeginnings, hang, LOADING, TROUBLES } from './troubles.ts';

const wanted = process.env['TREELINE_SCREENSHOTS'] ?? '';
const folder = resolve(import.meta.dirname, '../..', wanted);
const SIZES: readonly Size[] = ['phone', 'desktop'];
/** What moves in (a skeleton, a picture's edges) has come to rest. */
const REST_MS = 400;
/** Of webp: a screen of text stays sharp, and takes some 20 kB. */
const QUALITY = 80;
/** A page on a busy machine notices late that its relay is gone. */
const NOTICE_MS = 120_000;

describe.skipIf(wanted === '' || !hasChromium)('screenshots', () => {
  const it = useRig({ store: 'embedded' });
  let browser: Browser;
  const looks: { readonly who: Visitor; readonly size: Size }[] = [];

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    browser = await openBrowser();
    for (const size of SIZES) looks.push({ who: await visitor(browser, { size, scheme: 'light' }), size });
  });
  afterAll(() => browser?.close());

  async function shoot({ page, context }: Visitor, name: string): Promise<void> {
    await page.waitForTimeout(REST_MS);
    const debug = await context.newCDPSession(page);
    const { data } = await debug.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
    await debug.detach();
    writeFileSync(join(folder, `${name}.webp`), Buffer.from(data, 'base64'));
  }

  async function shootAll(
    places: readonly Place[],
    { of = looks, ...how }: { of?: typeof looks; within?: boolean; isOpen?: boolean } = {},
  ): Promise<void> {
    for (const { who, size } of of)
      await walk({
        ...how,
        page: who.page,
        url: it.rig.relay.url,
        places,
        look: ({ name }, scheme) => shoot(who, `${name}-${size}-${scheme}`),
      });
  }

  const ofTrouble = (kind: string, places: readonly Place[]) =>
    places.map((place) => ({ ...place, name: `${kind}-${place.name}` })).filter(({ name }) => TROUBLES.has(name));

  /** For somebody who comes while it is so. */
  async function shootTrouble(trouble: (context: BrowserContext) => Promise<unknown>, places: readonly Place[]) {
    const of = [];
    for (const size of SIZES) {
      const who = await visitor(browser, { size, scheme: 'light' });
      await signIn(who, it.rig);
      await who.page.goto('about:blank');
      await trouble(who.context);
      of.push({ who, size });
    }
    await shootAll(places, { of });
    for (const { who } of of) {
      await who.context.unrouteAll({ behavior: 'ignoreErrors' });
      await who.context.close();
    }
  }

  test('show each screen on a phone and on a desktop, light and dark', { timeout: 1_800_000 }, async () => {
    await shootAll(ENTRANCES.filter(isPictured));
    for (const { who } of looks) await signIn(who, it.rig);
    await shootAll(EMPTY_SCREENS.map((place) => ({ ...place, name: `empty-${place.name}` })));
    const staged = await stage(it.rig, { pi: await it.rig.runner('kitchen-pi'), desk: await it.rig.runner('desktop') });
    await shootAll(
      [...SCREENS, ...RARE_SCREENS]
        .filter(isPictured)
        .map(({ path, ...screen }) => ({ ...screen, path: path(staged) })),
    );

    await shootTrouble(hang, ofTrouble('loading', LOADING));
    await shootTrouble(fail, ofTrouble('failing', FAILING));
    await shootTrouble(forgetBeginnings, [
      { name: 'removed', path: `/s/${staged.tests}`, ready: 'Earlier entries were removed' },
    ]);

    for (const { who } of looks) {
      await who.page.goto(`${it.rig.relay.url}/inbox`);
      await who.page.getByText('Which one shall the API use').first().waitFor();
    }
    await it.rig.relay.stop();
    for (const { who } of looks) {
      await who.page.bringToFront();
      await who.page.getByText('Offline: answers wait').first().waitFor({ timeout: NOTICE_MS });
    }
    const offline = offlineScreens(staged).filter(({ name }) => TROUBLES.has(name));
    await shootAll(offline, { within: true, isOpen: true });
    await it.rig.relay.start();
  });
});
