/** Who may come in and with what: devices, people, keys and passkeys, by their screens. */
import { describe, expect, test } from 'vitest';
import { until } from '@treeline/test-support/until.ts';
import { hasChromium, type Visitor, STORE } from './browser.ts';
import { useViewer } from './viewer.ts';

describe.skipIf(!hasChromium)('access', { timeout: 240_000 }, () => {
  const viewer = useViewer(STORE);
  const signOutOf = (page: Visitor['page'], name: string) =>
    page
      .getByRole('listitem')
      .filter({ hasText: name })
      .getByRole('button', { name: /^Sign out/ });

  test('a device is named and signed out alone, and then all others', async () => {
    const here = await viewer.signedIn();
    const phone = await viewer.signedIn('phone');
    const tablet = await viewer.signedIn('phone');
    await viewer.open(phone, '/settings/devices');
    const mine = phone.page.getByRole('listitem').filter({ hasText: 'this one' });
    await mine.getByRole('button', { name: /^Rename/ }).click();
    await phone.page.getByLabel(/^New name of/).fill('Pixel');
    await phone.page.getByRole('button', { name: 'Save' }).click();
    await phone.page.getByText('Pixel').waitFor();

    await viewer.open(here, '/settings/devices');
    await signOutOf(here.page, 'Pixel').click();
    await signOutOf(here.page, 'Pixel').click();
    await phone.page.getByLabel('One-time code').waitFor();
    await here.page.getByText('Pixel').waitFor({ state: 'detached' });

    await here.page.getByRole('button', { name: 'Sign out the other one: all but this device' }).click();
    await here.page.getByRole('button', { name: 'Sign out the other one', exact: true }).click();
    await tablet.page.getByLabel('One-time code').waitFor();
    await here.page.getByText('this one').waitFor();
    await here.page.getByRole('button', { name: /^Sign out the other/ }).waitFor({ state: 'detached' });
  });

  test('somebody is invited, comes in, gets another role, is reset, disabled and enabled', async () => {
    const owner = await viewer.signedIn();
    await viewer.open(owner, '/settings/people');
    await owner.page.getByLabel('Name').fill('ann');
    await owner.page.getByRole('radio', { name: 'Viewer' }).check({ force: true });
    await owner.page.getByRole('button', { name: 'Invite' }).click();
    const invitation = await owner.page.getByText(/\/setup#/).innerText();

    const ann = await viewer.visit('phone');
    await ann.page.goto(invitation);
    await ann.page.getByLabel('New password').fill('a long enough one');
    await ann.page.getByRole('button', { name: 'Continue' }).click();
    await ann.page.getByRole('navigation', { name: 'Areas' }).waitFor();
    await viewer.open(ann, '/settings');
    await ann.page.getByText('looks, and changes nothing').waitFor();
    for (const name of [/^People/, 'New', 'Add a runner'])
      await expect(ann.page.getByRole('link', { name }).count(), String(name)).resolves.toBe(0);

    await owner.page.getByLabel('Role of ann').selectOption('operator');
    await until('her page knows her new role', async () => {
      await ann.page.reload();
      await ann.page.getByText('Signed in as').waitFor();
      return (await ann.page.getByText('works with sessions and machines').count()) > 0;
    });

    await owner.page.getByRole('button', { name: 'Disable: ann' }).click();
    await owner.page.getByRole('button', { name: 'Disable', exact: true }).click();
    await ann.page.getByLabel('One-time code').waitFor();
    await ann.page.getByLabel('Name').fill('ann');
    await ann.page.getByLabel('Password').fill('a long enough one');
    await ann.page.getByRole('button', { name: 'Use password' }).click();
    await ann.page.getByText('do not belong together').waitFor();
    await owner.page.getByRole('button', { name: 'Enable ann' }).click();
    await owner.page.getByRole('button', { name: 'Disable: ann' }).waitFor();
    await ann.page.getByRole('button', { name: 'Use password' }).click();
    await ann.page.getByRole('navigation', { name: 'Areas' }).waitFor();

    await owner.page.getByRole('button', { name: 'Reset: ann' }).click();
    await owner.page.getByRole('button', { name: 'Reset', exact: true }).click();
    await owner.page.getByText('Send this link to ann alone').waitFor();
    await ann.page.getByLabel('One-time code').waitFor();
    await owner.page.getByText('one-time codes only').first().waitFor();
  });

  test('a key is made with what it may and until when, rotated, and revoked', async () => {
    const { page } = await viewer.signedIn();
    await viewer.open({ page }, '/settings/keys');
    await page.getByLabel('Name').fill('scripts');
    for (const scope of ['manage', 'answer', 'runners', 'keys', 'people', 'relay'])
      await page.getByRole('checkbox', { name: new RegExp(`^${scope}`) }).uncheck();
    await page.getByText('30 days').click();
    await page.getByRole('button', { name: 'Make a key' }).click();
    const secret = await page.getByText(/^tl_user_/).innerText();
    const line = page.getByRole('listitem').filter({ hasText: 'scripts' });
    await line.getByText('may read, start').waitFor();
    await line.getByText(/until /).waitFor();
    const me = await fetch(`${viewer.rig.relay.url}/api/v1/auth/me`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(await me.json()).toMatchObject({ kind: 'key', scopes: ['read', 'start'] });

    await page.getByRole('button', { name: 'Rotate: scripts' }).click();
    await page.getByRole('button', { name: 'Rotate', exact: true }).click();
    await page.getByText('Another key takes its place.').waitFor();
    const second = await page.getByText(/^tl_user_/).innerText();
    expect(second).not.toBe(secret);

    const fresh = line.filter({ hasNotText: 'takes its place' });
    await fresh.getByRole('button', { name: 'Revoke: scripts' }).click();
    await fresh.getByRole('button', { name: 'Revoke', exact: true }).click();
    await fresh.waitFor({ state: 'detached' });
    const refused = await fetch(`${viewer.rig.relay.url}/api/v1/auth/me`, {
      headers: { authorization: `Bearer ${second}` },
    });
    expect(refused.status).toBe(401);
    await page.getByText('Join token', { exact: true }).click();
    await page.getByLabel('Name').fill('attic');
    await page.getByRole('button', { name: 'Make a join token' }).click();
    await page.getByText(/^tl_join_/).waitFor();
  });
});
