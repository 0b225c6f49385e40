/** Signing in at another place: a real provider, asked over HTTP as a browser would. */
import type { PersonView } from '@treeline/shared';
import { useRig } from '@treeline/test-support/rig.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signInAt, startProvider } from '../oidc/provider.ts';

const provider = await startProvider({ allow: ['ANN@example.org', 'ben'] });

describe('signing in at another place', () => {
  const held = useRig({ store: 'embedded', relayEnv: provider.relayEnv });
  beforeAll(() => provider.serve(held.rig.relay.url));
  afterAll(() => provider.close());

  const post = async (path: string, body: unknown = {}) => {
    const { url } = held.rig.relay;
    const response = await fetch(`${url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      cookies: response.headers.getSetCookie(),
      body: (await response.json()) as never,
    };
  };
  const begin = async () => (await post('/auth/oidc/begin')).body as { flow: string; url: string };
  const enter = async (login: string) => {
    const { flow, url } = await begin();
    const back = await signInAt(url, login);
    expect(back.origin + back.pathname).toBe(`${held.rig.relay.url}/oidc`);
    return { flow, back, answer: await post('/auth/oidc', { flow, query: back.search }) };
  };
  const people = async (): Promise<PersonView[]> => (await held.rig.api.listPeople()).people;
  const me = async (cookies: string[]) => {
    const cookie = cookies.map((header) => header.split(';')[0]).join('; ');
    const response = await fetch(`${held.rig.relay.url}/api/v1/auth/me`, { headers: { cookie } });
    return (await response.json()) as unknown;
  };

  test('AUTH-11 lets in whom the list names, by verified address or subject, as viewers, and knows them again', async () => {
    expect(await held.rig.api.signInWays()).toMatchObject({ oidc: { name: 'Example Works' } });
    const { answer, flow, back } = await enter('ann');
    expect(answer).toMatchObject({ status: 200, body: { name: 'ann@example.org' } });
    expect(await me(answer.cookies)).toMatchObject({ kind: 'person', role: 'viewer', name: 'ann@example.org' });
    expect((await enter('ben')).answer.status).toBe(200);
    expect((await enter('ann')).answer.status).toBe(200);
    expect((await people()).map(({ name, role }) => [name, role])).toEqual([
      ['ann@example.org', 'viewer'],
      ['ben@example.org', 'viewer'],
    ]);
    // An answer counts once.
    expect((await post('/auth/oidc', { flow, query: back.search })).status).toBe(401);
  });

  test('AUTH-11 refuses whom the list does not name, an address that nobody verified, and one who was disabled', async () => {
    const before = await people();
    for (const login of ['cay', 'mallory']) {
      const { answer } = await enter(login);
      expect([answer.status, answer.cookies]).toEqual([403, []]);
    }
    expect(await people()).toEqual(before);
    const ben = before.find(({ name }) => name === 'ben@example.org');
    await held.rig.api.changePerson({ params: { id: ben?.id as PersonView['id'] }, body: { disabled: true } });
    expect((await enter('ben')).answer).toMatchObject({ status: 403, cookies: [] });
  });

  test('AUTH-11 takes no answer that belongs to another flow, or that somebody changed', async () => {
    const [mine, other] = [await begin(), await begin()];
    const back = await signInAt(mine.url, 'ann');
    expect(await post('/auth/oidc', { flow: other.flow, query: back.search })).toMatchObject({
      status: 401,
      cookies: [],
    });
    const changed = new URLSearchParams(back.search);
    changed.set('code', 'another');
    expect((await post('/auth/oidc', { flow: mine.flow, query: changed.toString() })).status).toBe(401);
    expect((await post('/auth/oidc', { flow: 'none', query: back.search })).status).toBe(401);
    const url = new URL(mine.url);
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
    expect(url.searchParams.get('nonce')).toBeTruthy();
    expect(held.rig.relay.log() + JSON.stringify(mine)).not.toContain(provider.secret);
  });
});
