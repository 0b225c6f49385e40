import { generateKeyPair, SignJWT } from 'jose';
import { newId, parseApiKey, type KeyView } from '@treeline/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connect,
  startTestRelay,
  testProfile,
  TestRunner,
  TestViewer,
  until,
  type Answer,
  type TestRelay,
} from '../testing.ts';

let relay: TestRelay;
beforeAll(async () => {
  relay = await startTestRelay();
});
afterAll(() => relay.stop());

const me = (options: Parameters<TestRelay['call']>[2]) => relay.call('GET', '/api/v1/auth/me', options);
const codeOf = ({ body }: Answer) => (body as { error: { code: string } }).error.code;

async function newKey(body: { kind: 'user' | 'join'; name: string; expiresInMs?: number }, key?: string) {
  const answer = await relay.call('POST', '/api/v1/keys', { body, ...(key === undefined ? {} : { key }) });
  expect(answer.status).toBe(201);
  return answer.body as { key: KeyView; secret: string };
}

const join = (key: string, runner = testProfile()) =>
  relay.call('POST', '/api/v1/runners/join', { key, body: { runner } });

describe('keys', () => {
  it('EDGE-4 are stored without their secrets', async () => {
    const { key, secret } = await newKey({ kind: 'user', name: 'laptop' });
    const record = await relay.store.get('system', { kind: 'credential', id: key.id });
    const parts = parseApiKey(secret);
    expect(parts).toMatchObject({ kind: 'user' });
    expect(JSON.stringify(record)).not.toContain(parts?.secret);
    const list = await relay.call('GET', '/api/v1/keys');
    expect(JSON.stringify(list.body)).not.toMatch(/hash|secret/);
    expect((list.body as { keys: KeyView[] }).keys).toContainEqual(
      expect.objectContaining({ id: key.id, name: 'laptop', kind: 'user' }),
    );
  });

  it('open nothing when mistyped, of another secret, or of another kind than stored', async () => {
    const { secret } = await newKey({ kind: 'user', name: 'typo' });
    const other = (await newKey({ kind: 'user', name: 'other' })).secret;
    expect((await me({ key: secret })).status).toBe(200);
    expect((await me({ key: `${secret.slice(0, -1)}${secret.endsWith('x') ? 'y' : 'x'}` })).status).toBe(401);
    expect((await me({ key: secret.replace('tl_user', 'tl_runner') })).status).toBe(401);
    expect((await me({ key: secret.slice(0, 35) + other.slice(35) })).status).toBe(401);
    expect((await me({ key: null, headers: { authorization: `Basic ${secret}` } })).status).toBe(401);
  });

  it('note when they were last used', async () => {
    const { key, secret } = await newKey({ kind: 'user', name: 'used' });
    await me({ key: secret });
    await until(async () => {
      const { body } = await relay.call('GET', '/api/v1/keys');
      return (body as { keys: KeyView[] }).keys.find(({ id }) => id === key.id)?.lastUsedAt;
    });
  });

  it('end when they expire, and none outlives its maker', async () => {
    const { key, secret } = await newKey({ kind: 'user', name: 'short', expiresInMs: 1500 });
    const made = await newKey({ kind: 'user', name: 'made by short', expiresInMs: 3_600_000 }, secret);
    const endless = await newKey({ kind: 'user', name: 'made by short too' }, secret);
    expect(made.key.expiresAt).toBe(key.expiresAt);
    expect(endless.key.expiresAt).toBe(key.expiresAt);
    const code = (await relay.call('POST', '/api/v1/auth/codes', { key: secret })).body as { code: string };
    const signIn = await relay.call('POST', '/api/v1/auth/sign-in', { key: null, body: { code: code.code } });
    expect(signIn.body).toMatchObject({ expiresAt: key.expiresAt });
    await until(async () => (await me({ key: secret })).status === 401);
    expect((await me({ key: made.secret })).status).toBe(401);
  });

  it('make no stronger ones: a runner key and a join token make none at all', async () => {
    const runner = await TestRunner.join(relay);
    for (const key of [runner.key, await relay.joinToken()]) {
      expect((await relay.call('POST', '/api/v1/keys', { key, body: { kind: 'user', name: 'x' } })).status).toBe(403);
      expect((await relay.call('POST', '/api/v1/auth/codes', { key })).status).toBe(403);
    }
    expect((await relay.call('POST', '/api/v1/keys', { body: { kind: 'runner', name: 'x' } })).status).toBe(400);
  });

  it('of another namespace are as good as none', async () => {
    const foreign = { id: newId('key'), ns: 'elsewhere', kind: 'user', name: 'foreign', createdAt: 1 };
    await relay.store.commit({
      ns: 'system',
      put: [{ kind: 'credential', id: foreign.id, expect: 0, value: foreign, indexes: { list: 'key:elsewhere' } }],
    });
    const answer = await relay.call('DELETE', `/api/v1/keys/${foreign.id}`);
    const none = await relay.call('DELETE', `/api/v1/keys/${newId('key')}`);
    expect([answer.status, codeOf(answer)]).toEqual([none.status, codeOf(none)]);
    expect(JSON.stringify((await relay.call('GET', '/api/v1/keys')).body)).not.toContain(foreign.id);
  });

  it('EDGE-4 stop working when revoked, and their live sockets are cut', async () => {
    const { key, secret } = await newKey({ kind: 'user', name: 'gone soon' });
    const runner = await TestRunner.join(relay);
    await runner.hello(relay);
    const viewer = new TestViewer(await connect(relay, '/viewer', { auth: { key: secret } }));
    const runnerKey = await until(async () => {
      const { body } = await relay.call('GET', '/api/v1/keys');
      return (body as { keys: KeyView[] }).keys.find(({ runnerId }) => runnerId === runner.profile.id);
    });
    for (const { id } of [key, runnerKey])
      expect((await relay.call('DELETE', `/api/v1/keys/${id}`)).body).toMatchObject({ id, ended: 'revoked' });
    await until(() => !viewer.socket.connected && !runner.socket.connected);
    expect(runner.heard).toContainEqual({ event: 'goodbye', payload: expect.objectContaining({ code: 'revoked' }) });
    expect((await me({ key: secret })).status).toBe(401);
    await expect(connect(relay, '/viewer', { auth: { key: secret } })).rejects.toThrow('the key is not valid');
  });
});

describe('a join token', () => {
  it('EDGE-4 works once, however many ask at the same time', async () => {
    const token = await relay.joinToken();
    const answers = await Promise.all(Array.from({ length: 20 }, () => join(token)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
    expect((await join(token)).status).toBe(401);
  });

  it('ends the earlier key of the same runner', async () => {
    const runner = await TestRunner.join(relay);
    await runner.hello(relay);
    const again = await join(await relay.joinToken(), runner.profile);
    expect(again.status).toBe(201);
    await until(() => !runner.socket.connected);
    await expect(runner.connect(relay)).rejects.toThrow('the key is not valid');
  });
});

describe('a sign-in', () => {
  const page = () => ({ origin: relay.url });
  const signIn = (code: string, headers: Record<string, string> = page()) =>
    relay.call('POST', '/api/v1/auth/sign-in', { key: null, body: { code }, headers });
  const cookieOf = ({ headers }: Answer) => headers.getSetCookie()[0]?.split(';')[0] ?? '';

  it('trades a one-time code for a strict cookie that only http sees', async () => {
    const code = await relay.createSignInCode();
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    const answer = await signIn(code.toLowerCase().replace('-', ' '));
    expect(answer).toMatchObject({ status: 200, body: { name: 'ann' } });
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^treeline-\d+=[\w-]+\.[\w-]+\.[\w-]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Strict$/,
    );
    expect((await me({ key: null, headers: { cookie: cookieOf(answer) } })).body).toMatchObject({
      name: 'ann',
      kind: 'person',
    });
    expect(codeOf(await signIn(code))).toBe('unauthenticated');
  });

  it('lets one of many use a code', async () => {
    const code = await relay.createSignInCode();
    const answers = await Promise.all(Array.from({ length: 4 }, () => signIn(code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('changes nothing unless the page is the relay’s own', async () => {
    const cookie = cookieOf(await signIn(await relay.createSignInCode()));
    const create = (headers: Record<string, string>) =>
      relay.call('POST', '/api/v1/auth/codes', { key: null, headers: { cookie, ...headers } });
    expect((await create({})).status).toBe(403);
    expect((await create({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await create({ origin: 'null' })).status).toBe(403);
    expect((await create(page())).status).toBe(201);
    expect((await signIn('AAAA-AAAA', { origin: 'https://evil.example' })).status).toBe(403);
  });

  it('opens a viewer’s socket from the relay’s own page only', async () => {
    const cookie = cookieOf(await signIn(await relay.createSignInCode()));
    const open = (headers: Record<string, string>) => connect(relay, '/viewer', { headers: { cookie, ...headers } });
    await expect(open({ origin: 'https://evil.example' })).rejects.toThrow(/./);
    await expect(open({})).rejects.toThrow('must name its Origin');
    const socket = await open(page());
    expect(socket.connected).toBe(true);
    socket.close();
  });

  it('is over everywhere after signing out', async () => {
    const cookie = cookieOf(await signIn(await relay.createSignInCode()));
    const socket = await connect(relay, '/viewer', { headers: { cookie, ...page() } });
    const answer = await relay.call('POST', '/api/v1/auth/sign-out', { key: null, headers: { cookie, ...page() } });
    expect(answer.headers.getSetCookie()[0]).toMatch(/^treeline-\d+=; .*Max-Age=0/);
    await until(() => !socket.connected);
    expect((await me({ key: null, headers: { cookie } })).status).toBe(401);
  });

  it('is throttled when it fails, so that codes cannot be guessed', async () => {
    const other = await startTestRelay();
    const guess = () =>
      other.call('POST', '/api/v1/auth/sign-in', {
        key: null,
        body: { code: 'AAAA-AAAA' },
        headers: { origin: other.url },
      });
    for (let at = 0; at < 12; at++) {
      const code = await other.createSignInCode();
      const good = await other.call('POST', '/api/v1/auth/sign-in', { key: null, body: { code } });
      expect(good.status).toBe(200);
    }
    const answers: Answer[] = [];
    for (let at = 0; at < 12; at++) answers.push(await guess());
    expect(answers.slice(0, 10).every(({ status }) => status === 401)).toBe(true);
    expect(answers.slice(10).map((answer) => [answer.status, codeOf(answer)])).toEqual([
      [429, 'rate_limited'],
      [429, 'rate_limited'],
    ]);
    await other.stop();
  });

  it('does not come from a token that the relay did not sign', async () => {
    const real = cookieOf(await signIn(await relay.createSignInCode()));
    const [name = '', token = ''] = real.split('=');
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string };
    const { kid } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string };
    const forge = async (alg: string, key: Parameters<SignJWT['sign']>[0]) =>
      new SignJWT({})
        .setProtectedHeader({ alg, kid })
        .setIssuer('treeline')
        .setAudience('treeline/viewer')
        .setSubject(claims.sub)
        .setExpirationTime('1h')
        .sign(key);
    const foreign = await generateKeyPair('EdDSA');
    const none = `${Buffer.from(JSON.stringify({ alg: 'none', kid })).toString('base64url')}.${token.split('.')[1]}.`;
    const forged = [
      await forge('EdDSA', foreign.privateKey),
      await forge('HS256', new TextEncoder().encode('x'.repeat(32))),
      none,
      `${token.slice(0, -8)}AAAAAAAA`,
      'no token',
    ];
    for (const text of forged)
      expect((await me({ key: null, headers: { cookie: `${name}=${text}` } })).status).toBe(401);
    expect((await me({ key: null, headers: { cookie: real } })).status).toBe(200);
  });
});
