/** The viewer in a real browser, against a real relay and real runners. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { useRig } from '@treeline/test-support/rig.ts';
import { hasChromium, openBrowser, signIn, visitor, type Visitor, STORE } from './browser.ts';

describe.skipIf(!hasChromium)('the viewer', () => {
  const it = useRig({ store: STORE });
  let browser: Browser;
  const visitors: Visitor[] = [];

  beforeAll(async () => {
    await it.rig.runner('kitchen-pi');
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    const complaints = visitors.flatMap((one) => one.complaints);
    for (const { context } of visitors.splice(0)) await context.close();
    if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join('\n')}`);
  });

  async function visit(size: 'phone' | 'desktop' = 'desktop'): Promise<Visitor> {
    const who = await visitor(browser, { size, scheme: 'light' });
    visitors.push(who);
    return who;
  }
  async function signedIn(size: 'phone' | 'desktop' = 'desktop'): Promise<Visitor> {
    const who = await visit(size);
    await signIn(who, it.rig);
    return who;
  }
  const open = ({ page }: Pick<Visitor, 'page'>, path: string) => page.goto(`${it.rig.relay.url}${path}`);

  test('signs in by a typed code, goes where it was bound, and signs out', async () => {
    const who = await visit();
    const { code } = await it.rig.api.createSignInCode();
    await open(who, '/runners');
    await who.page.getByLabel('One-time code').fill('AAAA-AAAA');
    await who.page.keyboard.press('Enter');
    await who.page.getByText('this code is wrong').waitFor();
    await who.page.getByLabel('One-time code').fill(code.toLowerCase());
    await who.page.keyboard.press('Enter');
    await who.page.getByRole('article', { name: 'kitchen-pi' }).waitFor();
    expect(new URL(who.page.url()).pathname).toBe('/runners');
    await open(who, '/settings');
    await who.page.getByRole('button', { name: 'Sign out' }).click();
    await who.page.getByLabel('One-time code').waitFor();
    await open(who, '/sessions');
    await who.page.getByLabel('One-time code').waitFor();
    const { lines } = await it.rig.api.listAudit({ query: { outcome: 'refused' } });
    expect(lines.map(({ action }) => action)).toContain('signIn');
  });

  test('pairs by a link, whose code is at once out of the address and works once', async () => {
    const { code } = await it.rig.api.createSignInCode();
    const first = await visit('phone');
    await open(first, `/pair#${code}`);
    await first.page.getByRole('navigation', { name: 'Areas' }).waitFor();
    expect(first.page.url()).not.toContain(code);
    const second = await visit('phone');
    await open(second, `/pair#${code}`);
    await second.page.getByText('this code is wrong').waitFor();
    expect(second.page.url()).not.toContain(code);
  });

  test('pairs a phone from the settings, by a link that is also a picture', async () => {
    const { page } = await signedIn();
    await open({ page }, '/settings');
    await page.getByRole('link', { name: /^Devices/ }).click();
    await page.getByRole('button', { name: 'Make a link' }).click();
    await page.getByRole('img', { name: 'The link as a code for a camera' }).waitFor();
    const link = await page.getByText(/\/pair#/).innerText();
    const phone = await visit('phone');
    await phone.page.goto(link);
    await phone.page.getByRole('navigation', { name: 'Areas' }).waitFor();
  });

  test('makes a join command, and sees the machine come', async () => {
    const { page } = await signedIn();
    await open({ page }, '/runners/add');
    await page.getByText(/^tl_join_/).waitFor();
    await it.rig.runner('late-comer');
    await page.getByText('late-comer is online').waitFor();
  });
});
