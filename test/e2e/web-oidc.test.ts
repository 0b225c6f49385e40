/** Signing in at another place, as people see it. */
import { expectAccessible, hasChromium, openBrowser, visitor, STORE } from './browser.ts';
import { useRig } from '@treeline/test-support/rig.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { startProvider } from '../oidc/provider.ts';

const provider = await startProvider({ allow: ['ann@example.org'] });

describe.skipIf(!hasChromium)('another place to sign in at', { timeout: 240_000 }, () => {
  const held = useRig({ store: STORE, relayEnv: provider.relayEnv });
  let browser: Browser;
  beforeAll(async () => {
    provider.serve(held.rig.relay.url);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await provider.close();
  });

  test('is offered at the door, and leads in; an answer that this tab did not ask for leads nowhere', async () => {
    const { page, context } = await visitor(browser, { size: 'phone', scheme: 'light' });
    await page.goto(`${held.rig.relay.url}/login`);
    const button = page.getByRole('button', { name: 'Sign in with Example Works' });
    await button.waitFor();
    await expectAccessible(page, 'the door');
    await button.click();
    await page.locator('input[name=login]').fill('ann');
    await page.locator('input[name=password]').fill('any');
    await page.locator('button[type=submit]').click();
    await page.locator('button[type=submit]').click();
    await page.getByRole('navigation', { name: 'Areas' }).waitFor();
    expect(page.url()).not.toContain('code=');

    const other = await visitor(browser, { size: 'phone', scheme: 'light' });
    await other.page.goto(`${held.rig.relay.url}/oidc?code=x&state=y`);
    await other.page.getByText('This tab did not begin').waitFor();
    await other.page.getByRole('button', { name: 'Back to the door' }).click();
    await other.page.getByLabel('One-time code').waitFor();
    await context.close();
    await other.context.close();
  });
});
