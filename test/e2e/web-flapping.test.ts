/** Pages that lose the relay, or stand still, and come back, on both stores. */
import type { SessionId } from '@treeline/shared';
import { onEachStore, type Rig } from '@treeline/test-support/rig.ts';
import { untilSession } from '@treeline/test-support/sessions.ts';
import { until } from '@treeline/test-support/until.ts';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasChromium } from './browser.ts';
import { startTitled } from './staging.ts';
import { cardOf, said, useViewer } from './viewer.ts';

describe.skipIf(!hasChromium)('an open page', () => {
  onEachStore('in the viewer', (store) => {
    const it = useViewer(store);

    /** Somebody asks, after a word; `path` is where the question is shown. */
    async function asking({ title, before, options }: { title: string; before: string; options: string[] }) {
      const steps = [{ say: before }, { ask: { question: `${title}?`, options } }];
      const id = await startTitled(it.rig, { title, runner: it.pi, steps });
      const { openTriggers } = await untilSession(it.rig, id, {
        what: 'it asks',
        is: (session) => session.openTriggers.length > 0,
      });
      return { id, path: `/inbox/${openTriggers[0]}` };
    }

    test('a page that stays open while the relay is killed says so, comes back, and misses nothing', async () => {
      const id = await startTitled(it.rig, {
        title: 'Survivor',
        runner: it.pi,
        steps: [
          { say: 'Before' },
          { waitForMessage: true },
          { ask: { question: 'Still there?', options: ['Yes'] } },
          { say: 'After: $answer' },
        ],
      });
      const { page } = await it.signedIn();
      await it.open({ page }, `/s/${id}`);
      await said(page, 'Before');
      await it.rig.relay.kill9();
      await page.getByText(/Offline · as of/).waitFor();
      await page.getByLabel('Message', { exact: true }).fill('written offline');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('not sent').waitFor();
      await it.rig.relay.start();
      await page.getByText(/Offline/).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Answer' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Yes' }).click();
      await said(page, 'After: Yes');
      expect(await page.getByRole('region', { name: 'Transcript' }).getByText('Before', { exact: true }).count()).toBe(
        1,
      );
      await it.stopTree(id);
    });

    test('no answer can be sent while what is shown may be stale', async () => {
      const { id, path } = await asking({ title: 'Stale', before: 'All is well', options: ['Go'] });
      const { page } = await it.signedIn();
      await it.open({ page }, path);
      const card = cardOf(page, 'Stale');
      const go = card.getByRole('button', { name: 'Go' });
      await go.waitFor();
      await it.rig.relay.stop();
      await card.getByText('Offline: answers wait until the relay is back').waitFor();
      expect(await go.isDisabled()).toBe(true);
      await it.rig.relay.start();
      await expect.poll(() => go.isEnabled(), { timeout: 40_000 }).toBe(true);
      await it.stopTree(id);
    });

    test('waits for the parts of it that cannot be fetched yet', async () => {
      const { id, path } = await asking({ title: 'In parts', before: 'What came before', options: ['Yes'] });
      const { page } = await it.signedIn();
      await withoutWorker(page);
      let asked = 0;
      await page.route('**/assets/last-events-*.js*', (route) => {
        asked += 1;
        return asked < 3 ? route.abort('connectionrefused') : route.continue();
      });
      await it.open({ page }, path);
      await cardOf(page, 'In parts').waitFor();
      await page.getByText('What came before', { exact: true }).waitFor();
      expect(asked).toBe(3);
      await it.stopTree(id);
    });

    test('says that it is to be reloaded where the browser keeps to it that a part cannot be fetched', async () => {
      const { page } = await it.signedIn();
      await withoutWorker(page);
      await it.open({ page }, '/settings');
      const link = page.getByRole('link', { name: 'Activity' });
      await link.waitFor();
      let broken = true;
      await page.route('**/assets/activity-*.js*', (route) => {
        const isLookedAt = route.request().resourceType() === 'fetch';
        return broken && !isLookedAt ? route.abort('connectionrefused') : route.continue();
      });
      await link.click();
      const note = page.getByRole('alert').filter({ hasText: 'A part of this page is missing' });
      await note.waitFor();
      broken = false;
      await note.getByRole('button', { name: 'Reload' }).click();
      await page.getByRole('heading', { name: 'Activity', level: 1 }).waitFor();
    });

    test('older than its relay says so where a part of it is gone, and is whole again after a reload', async () => {
      const { page } = await it.signedIn();
      await withoutWorker(page);
      await it.open({ page }, '/settings');
      const link = page.getByRole('link', { name: 'Activity' });
      await link.waitFor();
      let updated = false;
      await page.route('**/assets/activity-*.js*', (route) =>
        updated ? route.continue() : route.fulfill({ status: 404, body: 'gone' }),
      );
      await page.route(
        (url) => url.pathname === '/',
        async (route) => {
          const response = await route.fetch();
          if (updated) return route.fulfill({ response });
          await route.fulfill({
            response,
            body: (await response.text()).replace(/assets\/index-[\w-]+/, 'assets/index-NEW'),
          });
        },
      );
      await link.click();
      const note = page.getByRole('alert').filter({ hasText: 'Treeline was updated' });
      await note.waitFor();
      updated = true;
      await note.getByRole('button', { name: 'Reload' }).click();
      await page.getByRole('heading', { name: 'Activity', level: 1 }).waitFor();
    });

    test('that was frozen shows everything that happened meanwhile, once', async () => {
      const id = await startTitled(it.rig, {
        title: 'Asleep',
        runner: it.pi,
        steps: [
          { say: 'Before' },
          { waitForMessage: true },
          { emit: { count: 300, bytes: 40 } },
          { say: 'While it slept' },
          { waitForMessage: true },
          { say: 'After' },
          { waitForMessage: true },
        ],
      });
      const { page, context } = await it.signedIn();
      await it.open({ page }, `/s/${id}`);
      await said(page, 'Before');
      const debug = await context.newCDPSession(page);
      await debug.send('Page.setWebLifecycleState', { state: 'frozen' });
      const go = () => it.rig.api.sendMessage({ params: { id }, body: { text: 'go', deliverAs: 'followUp' } });
      await go();
      await untilLogHas(it.rig, id, 'While it slept');
      await debug.send('Page.setWebLifecycleState', { state: 'active' });
      await said(page, 'While it slept');
      await go();
      await said(page, 'After');
      const transcript = page.getByRole('region', { name: 'Transcript' });
      expect(await transcript.getByText('While it slept', { exact: true }).count()).toBe(1);
      await it.stopTree(id);
    });
  });
});

function untilLogHas(rig: Rig, id: SessionId, text: string): Promise<unknown> {
  return until(`the log has "${text}"`, async () => {
    const { frames } = await rig.api.readLog({ params: { id }, query: { tail: 50 } });
    return frames.some(({ body }) => body.includes(text));
  });
}

/** As in a private window, where nothing is kept of what an earlier page fetched. */
async function withoutWorker(page: Page): Promise<void> {
  await page.evaluate(
    'navigator.serviceWorker.getRegistrations().then((all) => Promise.all(all.map((it) => it.unregister())))',
  );
  await page.addInitScript('delete Navigator.prototype.serviceWorker');
}
