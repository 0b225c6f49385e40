/** Every screen, with and without data: nothing that axe finds fault with, nothing wider than the phone. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useRig } from '@treeline/test-support/rig.ts';
import { expectAccessible, hasChromium, openBrowser, signIn, visitor, type Scheme, type Size } from './browser.ts';
import { stage, type Staged } from './staging.ts';

const LOOKS: readonly (readonly [Size, Scheme])[] = [
  ['phone', 'light'],
  ['phone', 'dark'],
  ['desktop', 'light'],
  ['desktop', 'dark'],
];

type Screen = readonly [name: string, path: string, ready: string];

describe.skipIf(!hasChromium)('the screens', () => {
  const it = useRig({ store: 'embedded' });
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  async function look([size, scheme]: (typeof LOOKS)[number], screens: readonly Screen[]): Promise<void> {
    const who = await visitor(browser, { size, scheme });
    await who.page.goto(`${it.rig.relay.url}/login`);
    await who.page.getByLabel('One-time code').waitFor();
    await expectAccessible(who.page, `login, ${size}, ${scheme}`);
    await signIn(who, it.rig);
    for (const [name, path, ready] of screens) {
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
      [
        ['inbox', '/inbox', 'No agent is at work'],
        ['sessions', '/sessions', 'No sessions yet'],
        ['new', '/new', 'No machine to run it on'],
        ['runners', '/runners', 'No runners yet'],
        ['settings', '/settings', 'Appearance'],
        ['notifications', '/settings/notifications', 'No device gets pushes yet'],
        ['activity', '/activity', 'signed in'],
        ['unknown session', '/s/ses_00000000000000000000000000', 'There is no session'],
        ['unknown address', '/nowhere', 'nothing at this address'],
      ],
    ),
  );

  describe('with work going on', () => {
    let staged: Staged;
    beforeAll(async () => {
      staged = await stage(it.rig, { pi: await it.rig.runner('kitchen-pi'), desk: await it.rig.runner('desktop') });
    });

    test.each(LOOKS)('are without fault: %s, %s', (size, scheme) =>
      look(
        [size, scheme],
        [
          ['inbox', '/inbox', 'Which one shall the API use'],
          ['sessions', '/sessions', 'Watch the error budget'],
          ['tree', '/sessions?view=tree', 'Test matrix'],
          ['session', `/s/${staged.tests}`, 'All six combinations pass'],
          ['root', `/s/${staged.release}`, 'Changelog drafted'],
          ['session tree', `/s/${staged.release}?tab=tree`, 'Test matrix'],
          ['session info', `/s/${staged.release}?tab=info`, 'State since'],
          ['failed session', `/s/${staged.failed}`, 'exit code 3'],
          ['new', '/new', 'Task'],
          ['runners', '/runners', 'kitchen-pi'],
          ['add a runner', '/runners/add', 'treeline runner join'],
          ['settings', '/settings', 'Join token'],
        ],
      ),
    );
  });
});

/** How far a page can be scrolled sideways. */
function sideways(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
