import { newId, type PersonId, type SignInView } from '@treeline/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestRelay, until, type TestRelay } from '../testing.ts';
import { putCredential } from './credentials.ts';
import { Browser } from './testing.ts';

let relay: TestRelay;
beforeAll(async () => {
  relay = await startTestRelay({ times: { refreshGraceMs: 1 } });
});
afterAll(() => relay.stop());

const signedIn = async (at = relay) => Browser.withCode(at, await at.createSignInCode());
const status = async (browser: Browser) => (await browser.get('/auth/me')).status;
const dropAccess = (browser: Browser) => {
  for (const name of browser.cookies.keys()) if (!name.endsWith('-refresh')) browser.cookies.delete(name);
};
const copyOf = (browser: Browser) => new Browser(relay, browser.cookies);

it('is among those that its person sees and ends, however many there are', async () => {
  const browser = await signedIn();
  const { personId } = (await browser.get('/auth/me')).body as { personId: PersonId };
  const at = Date.now() - 3600_000;
  const put = Array.from({ length: 501 }, (_, i) => {
    const common = { ns: 'main', kind: 'sign_in', name: 'a program', personId, turn: 1, createdAt: at } as const;
    return putCredential({ ...common, id: newId('key', at + i), expiresAt: Date.now() + 3600_000 }, 0);
  });
  for (let i = 0; i < put.length; i += 100) {
    const { status: done } = await relay.store.commit({ ns: 'system', put: put.slice(i, i + 100) });
    expect(done).toBe('committed');
  }
  const { devices } = (await browser.get('/auth/devices')).body as { devices: SignInView[] };
  expect(devices.filter(({ current }) => current)).toHaveLength(1);
  expect(devices.length).toBeGreaterThan(501);
});

describe('a refresh token', () => {
  it('AUTH-5 is traded for the next one, and the sign-in goes on', async () => {
    const browser = await signedIn();
    const before = new Map(browser.cookies);
    dropAccess(browser);
    expect(await status(browser)).toBe(401);
    expect((await browser.refresh()).status).toBe(200);
    expect(await status(browser)).toBe(200);
    // The other cookie may be the same to the letter, when both are of the same second.
    const refreshed = [...before].filter(([name]) => name.endsWith('-refresh'));
    expect(refreshed).toHaveLength(1);
    for (const [name, value] of refreshed) expect(browser.cookies.get(name)).not.toBe(value);
  });

  it('AUTH-5 that comes again later ends the sign-in for everybody who has it', async () => {
    const browser = await signedIn();
    const thief = copyOf(browser);
    const socket = await browser.socket();
    expect((await browser.refresh()).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 5)); // Past the grace, which this relay has set to 1 ms.
    expect((await thief.refresh()).status).toBe(401);
    await until(() => !socket.connected);
    expect((await browser.refresh()).status).toBe(401);
    expect(await status(browser)).toBe(401);
  });

  it('AUTH-5 is taken twice within the grace, for tabs that ask at the same time', async () => {
    const patient = await startTestRelay();
    const browser = await signedIn(patient);
    const tabs = Array.from({ length: 4 }, () => new Browser(patient, browser.cookies));
    const answers = await Promise.all(tabs.map((tab) => tab.refresh()));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
    // Whichever answer a browser keeps, it goes on.
    for (const tab of tabs) expect((await tab.refresh()).status).toBe(200);
    await patient.stop();
  });

  it('is no access token, nor the other way round', async () => {
    const browser = await signedIn();
    const names = [...browser.cookies.keys()];
    const [access = '', refresh = ''] = [
      names.find((name) => !name.endsWith('-refresh')),
      names.find((name) => name.endsWith('-refresh')),
    ];
    const swapped = new Browser(relay, [
      [access, browser.cookies.get(refresh) ?? ''],
      [refresh, browser.cookies.get(access) ?? ''],
    ]);
    expect(await status(swapped)).toBe(401);
    expect((await swapped.refresh()).status).toBe(401);
    expect(await status(browser)).toBe(200);
  });
});

describe('signing keys', () => {
  it('AUTH-6 that are rotated disturb nobody, and sign from then on', async () => {
    const browser = await signedIn();
    const socket = await browser.socket();
    const kidOf = (token: string | undefined) =>
      (JSON.parse(Buffer.from((token ?? '').split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;
    const kids = () => new Set([...browser.cookies.values()].map(kidOf));
    const before = kids();
    const rotated = await relay.call('POST', '/api/v1/relay/rotate-keys', { body: {} });
    expect(rotated.body).toMatchObject({ signedOut: 0 });
    expect(await status(browser)).toBe(200);
    expect((await browser.refresh()).status).toBe(200);
    expect(kids()).toEqual(new Set([(rotated.body as { keyId: string }).keyId]));
    expect(kids()).not.toEqual(before);
    expect(socket.connected).toBe(true);
    socket.close();
  });

  it('AUTH-6 that are ended at once sign everybody out, and leave keys alone', async () => {
    const other = await startTestRelay();
    const browser = await signedIn(other);
    const socket = await browser.socket();
    expect((await other.call('POST', '/api/v1/relay/rotate-keys', { body: { endNow: true } })).body).toMatchObject({
      signedOut: 1,
    });
    await until(() => !socket.connected);
    expect(await status(browser)).toBe(401);
    expect((await browser.refresh()).status).toBe(401);
    expect((await other.call('GET', '/api/v1/auth/me')).status).toBe(200);
    expect(await status(await signedIn(other))).toBe(200);
    await other.stop();
  });
});
