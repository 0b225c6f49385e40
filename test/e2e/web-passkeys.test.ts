/** Passkeys end to end: the browser's own authenticator, played by its debugger, and every endpoint for them. */
import type { CDPSession, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasChromium, STORE } from './browser.ts';
import { useViewer } from './viewer.ts';

interface Answer {
  readonly status: number;
  readonly body: { readonly error?: { readonly code: string }; readonly challengeId?: string };
}

describe.skipIf(!hasChromium)('passkeys', { timeout: 240_000 }, () => {
  const viewer = useViewer(STORE);
  /** Browsers take localhost for safe, and an address for no name. */
  const byName = () => viewer.rig.relay.url.replace('127.0.0.1', 'localhost');

  async function signInByName(page: Page): Promise<void> {
    const { code } = await viewer.rig.api.createSignInCode();
    await page.goto(`${byName()}/pair#${code}`);
    await page.getByRole('navigation', { name: 'Areas' }).waitFor();
  }

  /** A request as the page itself sends it. */
  function ask(page: Page, method: string, path: string, body?: unknown): Promise<Answer> {
    const init = {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    };
    const call = `fetch(${JSON.stringify(`/api/v1${path}`)}, ${JSON.stringify(init)})`;
    return page.evaluate(`${call}.then(async (answer) => ({ status: answer.status, body: await answer.json() }))`);
  }

  test('one is added in the settings, signs in on the door, and opens nothing once it is removed', async () => {
    const { page, context } = await viewer.visit('phone');
    await addAuthenticator(await context.newCDPSession(page));
    await signInByName(page);
    await page.goto(`${byName()}/settings/sign-in`);
    await page.getByText('You have none.').waitFor();
    await page.getByLabel('Name of a new passkey').fill('this phone');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    const line = page.getByRole('listitem').filter({ hasText: 'this phone' });
    await line.getByText('not used yet').waitFor();

    // The same authenticator has one already.
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText('This device has a passkey for you here already.').waitFor();

    await page.goto(`${byName()}/settings`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('navigation', { name: 'Areas' }).waitFor();
    await page.goto(`${byName()}/settings/sign-in`);
    await line.getByText(/^added .* used /).waitFor();

    await page.getByRole('button', { name: 'Remove: this phone' }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('You have none.').waitFor();
    await page.goto(`${byName()}/settings`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByText('does not open anything here').waitFor();
  });

  test('what no authenticator made for this challenge is refused, and a challenge counts once', async () => {
    const { page } = await viewer.visit();
    await signInByName(page);
    const begun = await ask(page, 'POST', '/auth/passkeys/begin');
    expect(begun.status).toBe(200);
    const forged = { challengeId: begun.body.challengeId, response: { id: 'AAAA', rawId: 'AAAA', type: 'public-key' } };
    expect((await ask(page, 'POST', '/auth/passkeys', forged)).status).toBe(400);
    expect((await ask(page, 'POST', '/auth/passkeys', forged)).status).toBe(401);
    expect((await ask(page, 'DELETE', '/auth/passkeys/AAAA')).status).toBe(404);
    expect(await ask(page, 'GET', '/auth/passkeys')).toEqual({ status: 200, body: { passkeys: [] } });

    const entering = await ask(page, 'POST', '/auth/passkeys/sign-in/begin');
    const knock = { challengeId: entering.body.challengeId, response: forged.response };
    expect((await ask(page, 'POST', '/auth/passkeys/sign-in', knock)).status).toBe(401);
    // A challenge to add one is none to sign in with.
    const other = await ask(page, 'POST', '/auth/passkeys/begin');
    const mixed = { challengeId: other.body.challengeId, response: forged.response };
    expect((await ask(page, 'POST', '/auth/passkeys/sign-in', mixed)).status).toBe(401);
  });

  test('a page at an address says why it has none, and its door offers none', async () => {
    const guest = await viewer.visit();
    await viewer.open(guest, '/login');
    await guest.page.getByLabel('One-time code').waitFor();
    await expect(guest.page.getByRole('button', { name: 'Use a passkey' }).count()).resolves.toBe(0);
    const owner = await viewer.signedIn();
    await viewer.open(owner, '/settings/sign-in');
    await owner.page.getByText('Passkeys belong to a name').waitFor();
    expect((await ask(owner.page, 'POST', '/auth/passkeys/begin')).body.error?.code).toBe('bad_request');
  });
});

async function addAuthenticator(debuggerOf: CDPSession): Promise<void> {
  await debuggerOf.send('WebAuthn.enable');
  await debuggerOf.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}
