/** What seldom happens to a page, and must not puzzle whoever looks at it. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasChromium, signIn, STORE } from './browser.ts';
import { sideways } from './looks.ts';
import { startTitled } from './staging.ts';
import { said, useViewer } from './viewer.ts';

const HOURS_MS = 5 * 60 * 60_000;
const WAITING = [{ say: 'Ready' }, { waitForMessage: true as const }];

describe.skipIf(!hasChromium)('the viewer, when something is odd', () => {
  const it = useViewer(STORE, { regulars: true });
  const start = (title: string, more: object = {}) =>
    startTitled(it.rig, { title, runner: it.pi, steps: WAITING, ...more });

  test('a session that is deleted while it is looked at says so', async () => {
    const id = await start('Short-lived');
    const { page } = await it.signedIn();
    await it.open({ page }, `/s/${id}`);
    await said(page, 'Ready');
    await it.stopTree(id);
    await page.getByRole('region', { name: 'Transcript' }).getByText('stopped').first().waitFor();
    await it.rig.api.deleteSession({ params: { id } });
    await page.getByText('This session was deleted').waitFor();
    await page.getByRole('link', { name: 'All sessions' }).click();
    await page.getByRole('heading', { name: 'Sessions', level: 1 }).waitFor();
  });

  test.each([
    ['ahead', HOURS_MS],
    ['behind', -HOURS_MS],
  ])('a clock of the device that is %s by hours changes no age', async (_, by) => {
    const { page, context } = await it.visit();
    const { code } = await it.rig.api.createSignInCode();
    await context.addInitScript(`(() => { const now = Date.now; Date.now = () => now() + ${by}; })()`);
    await page.goto(`${it.rig.relay.url}/pair#${code}`);
    await page.getByRole('navigation', { name: 'Areas' }).waitFor();
    await it.open({ page }, '/runners');
    await page.getByText(/^heard of (\d+s ago|now|just now)$/).waitFor();
  });

  test('a message that was begun is there again after a look elsewhere, and is over once it is sent', async () => {
    const id = await start('Begun');
    const { page } = await it.signedIn('phone');
    await it.open({ page }, `/s/${id}`);
    const message = page.getByLabel('Message', { exact: true });
    await message.fill('half a sentence');
    await page.getByRole('tab', { name: 'Info' }).click();
    await message.waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Chat' }).click();
    expect(await message.inputValue()).toBe('half a sentence');
    await page.getByRole('button', { name: 'Send' }).click();
    await said(page, 'half a sentence');
    await page.getByRole('tab', { name: 'Info' }).click();
    await page.getByRole('tab', { name: 'Chat' }).click();
    expect(await message.inputValue()).toBe('');
    await it.stopTree(id);
  });

  test('a sign-out in one tab closes the other', async () => {
    const { page, context } = await it.visit();
    const { code } = await it.rig.api.createSignInCode();
    await page.goto(`${it.rig.relay.url}/pair#${code}`);
    await page.getByRole('navigation', { name: 'Areas' }).waitFor();
    const other = await context.newPage();
    await it.open({ page: other }, '/settings');
    await other.getByRole('button', { name: 'Sign out' }).click();
    await other.waitForURL('**/login*');
    await page.waitForURL('**/login*');
  });

  test('a title without a space stays inside the page', async () => {
    const title = 'W'.repeat(110);
    const root = await start(`Root ${title}`.slice(0, 110), {
      steps: [{ waitForMessage: true }, { waitForMessage: true }],
    });
    const child = await start(title, { parentId: root, steps: [{ finish: 'Done' }] });
    const { page } = await it.signedIn('phone');
    await it.open({ page }, `/s/${root}`);
    const transcript = page.getByRole('region', { name: 'Transcript' });
    await transcript.getByText('Done').first().waitFor();
    expect(await sideways(page)).toBe(0);
    expect(await page.evaluate(WIDER)).toBe(0);
    for (const path of ['/sessions?view=tree', `/s/${root}?tab=tree&as=list`, `/s/${child}?tab=info`]) {
      await it.open({ page }, path);
      await page.getByText('WWWW').first().waitFor();
      expect(await sideways(page), path).toBe(0);
    }
    await it.stopTree(root);
  });

  test('the picture of a tree opens where the session is, however many lie beside it', async () => {
    const root = await start('Many');
    const children = await Promise.all(
      ['One', 'Two', 'Three', 'Four'].map((title) => start(title, { parentId: root })),
    );
    const { page } = await it.visit();
    await signIn({ page }, it.rig);
    await page.setViewportSize({ width: 1280, height: 320 });
    for (const id of children) {
      await it.open({ page }, `/s/${id}?tab=tree&as=picture`);
      await page.locator('svg [data-id]').nth(children.length).waitFor({ state: 'attached' });
      await expect.poll(() => page.evaluate(isInSight(id))).toBe(true);
    }
    await it.stopTree(root);
  });

  test('where the system gives the colours, what is chosen differs from what is not', async () => {
    const { page } = await it.signedIn();
    await page.emulateMedia({ forcedColors: 'active' });
    await it.open({ page }, '/sessions');
    await page.locator('label:has(:checked)').first().waitFor();
    expect(await background(page, 'label:has(:checked)')).not.toBe(await background(page, 'label:not(:has(:checked))'));
    await it.open({ page }, '/settings/notifications');
    const toggle = page.getByRole('switch', { name: 'Nothing rings at night' });
    await toggle.waitFor();
    const off = await background(page, '[role=switch][aria-checked=false] > span');
    await toggle.click();
    await page.locator('[role=switch][aria-checked=true]').first().waitFor();
    expect(await background(page, '[role=switch][aria-checked=true] > span')).not.toBe(off);
    await toggle.click();
    await page.emulateMedia({ forcedColors: null });
  });
});

/** By how much something in the transcript is wider than it; code scrolls in itself. */
const WIDER = `(() => {
  const box = document.querySelector('[aria-label=Transcript]');
  const right = box.getBoundingClientRect().right;
  return Math.max(0, ...[...box.querySelectorAll('p, span, a')]
    .filter((one) => one.closest('pre, .sr-only') === null)
    .map((one) => Math.round(one.getBoundingClientRect().right - right)));
})()`;

function background(page: Page, selector: string): Promise<string> {
  return page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).backgroundColor`);
}

/** Not only in the page, but where it can be seen in what scrolls. */
const isInSight = (id: string) => `(() => {
  const node = document.querySelector('svg [data-id="${id}"]');
  const seen = node.closest('svg').parentElement.getBoundingClientRect();
  const middle = node.getBoundingClientRect().top + node.getBoundingClientRect().height / 2;
  return middle > seen.top && middle < seen.bottom;
})()`;
