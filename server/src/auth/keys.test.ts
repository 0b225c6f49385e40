import { newId, type KeyView, type Scope, type ShareView } from '@treeline/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, emit, startTestRelay, TestRunner, TestViewer, until, type TestRelay } from '../testing.ts';

let relay: TestRelay;
let runner: TestRunner;
beforeAll(async () => {
  relay = await startTestRelay();
  runner = await TestRunner.join(relay);
  await runner.hello(relay);
});
afterAll(() => relay.stop());

interface Made {
  readonly key: KeyView;
  readonly secret: string;
}
const make = async (body: { kind?: string; name?: string; scopes?: Scope[] }, key?: string) =>
  relay.call('POST', '/api/v1/keys', {
    body: { kind: 'user', name: 'k', ...body },
    ...(key === undefined ? {} : { key }),
  });
const made = async (...args: Parameters<typeof make>) => (await make(...args)).body as Made;
const status = async (key: string, method: string, path: string, body?: unknown) =>
  (await relay.call(method, `/api/v1${path}`, { key, ...(body === undefined ? {} : { body }) })).status;

describe('scopes', () => {
  it('AUTH-3 bound what a key may do, over HTTP and sockets', async () => {
    const { secret, key } = await made({ scopes: ['read'] });
    expect(key.scopes).toEqual(['read']);
    expect(await status(secret, 'GET', '/sessions')).toBe(200);
    expect(await status(secret, 'POST', '/sessions', { prompt: 'x' })).toBe(403);
    expect(await status(secret, 'GET', '/keys')).toBe(403);
    const viewer = new TestViewer(await connect(relay, '/viewer', { auth: { key: secret } }));
    await viewer.request('overview', {});
    const answer = await emit(viewer.socket, 'trigger_response', { triggerId: newId('trigger'), response: 'x' });
    expect(answer).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    viewer.socket.close();
  });

  it('AUTH-7 are never more than the maker has', async () => {
    const weak = await made({ scopes: ['read', 'keys'] });
    expect((await make({ scopes: ['read', 'start'] }, weak.secret)).status).toBe(403);
    expect((await make({ kind: 'join' }, weak.secret)).status).toBe(403);
    expect((await make({ kind: 'hook' }, weak.secret)).status).toBe(403);
    expect((await made({}, weak.secret)).key.scopes).toEqual(['read', 'keys']);
    // Nor may it get at a stronger one by managing it.
    const strong = await made({});
    for (const [method, path] of [
      ['POST', `/keys/${strong.key.id}/rotate`],
      ['DELETE', `/keys/${strong.key.id}`],
    ] as const) {
      expect(await status(weak.secret, method, path, method === 'POST' ? {} : undefined)).toBe(404);
      expect(
        await status(
          weak.secret,
          method,
          path.replace(strong.key.id, newId('key')),
          method === 'POST' ? {} : undefined,
        ),
      ).toBe(404);
    }
    expect(await status(weak.secret, 'POST', '/auth/codes')).toBe(403);
    expect(await status(strong.secret, 'GET', '/keys')).toBe(200);
  });

  it('AUTH-7 let a key bring nobody in who may do more than it may', async () => {
    const { secret } = await made({ scopes: ['read', 'people'] });
    const person = (role: string) => status(secret, 'POST', '/people', { name: `a ${role}`, role });
    expect([await person('owner'), await person('operator')]).toEqual([403, 403]);
    const all = await made({});
    const { body } = await relay.call('POST', '/api/v1/people', {
      key: all.secret,
      body: { name: 'zoe', role: 'owner' },
    });
    const { id } = (body as { person: { id: string } }).person;
    expect(await status(secret, 'POST', `/people/${id}/invitation`, { reset: true })).toBe(403);
    const guest = await relay.call('POST', '/api/v1/people', { body: { name: 'guest', role: 'viewer' } });
    const guestId = (guest.body as { person: { id: string } }).person.id;
    expect(await status(secret, 'POST', `/people/${guestId}`, { role: 'owner' })).toBe(403);
    expect(await status(secret, 'POST', `/people/${guestId}`, { disabled: true })).toBe(200);
  });

  it('AUTH-7 let a key make none that outlives it, by rotating a longer one either', async () => {
    const lasting = await made({ name: 'lasting' });
    const short = (await relay.call('POST', '/api/v1/keys', { body: { kind: 'user', name: 's', expiresInMs: 60_000 } }))
      .body as Made;
    expect(await status(short.secret, 'POST', `/keys/${lasting.key.id}/rotate`, {})).toBe(403);
    expect(await status(lasting.secret, 'GET', '/sessions')).toBe(200);
    const again = await relay.call('POST', `/api/v1/keys/${short.key.id}/rotate`, { key: short.secret, body: {} });
    expect((again.body as Made).key.expiresAt).toBe(short.key.expiresAt);
  });

  it('AUTH-7 let a hook key start and tell sessions, and see nothing', async () => {
    const { secret } = await made({ kind: 'hook' });
    expect(secret).toMatch(/^tl_hook_/);
    expect(await status(secret, 'POST', '/sessions', { prompt: 'from a hook' })).toBe(201);
    expect(await status(secret, 'GET', '/sessions')).toBe(403);
    expect(await status(secret, 'GET', '/runners')).toBe(403);
  });
});

describe('rotating a key', () => {
  it('AUTH-8 makes another one; the old one works on for the grace', async () => {
    const old = await made({ scopes: ['read'], name: 'ci' });
    const answer = await relay.call('POST', `/api/v1/keys/${old.key.id}/rotate`, { body: {} });
    const fresh = answer.body as Made;
    expect(fresh.key).toMatchObject({ name: 'ci', scopes: ['read'], kind: 'user' });
    for (const { secret } of [old, fresh]) expect(await status(secret, 'GET', '/sessions')).toBe(200);
    const { keys } = (await relay.call('GET', '/api/v1/keys')).body as { keys: KeyView[] };
    const listed = keys.find(({ id }) => id === old.key.id);
    expect(listed).toMatchObject({ replacedBy: fresh.key.id });
    expect(listed?.expiresAt).toBeGreaterThan(Date.now() + 23 * 3600_000);
    expect((await relay.call('POST', `/api/v1/keys/${old.key.id}/rotate`, { body: {} })).status).toBe(409);
  });

  it('AUTH-8 with endNow cuts the old one’s sockets, and no others', async () => {
    const [old, other] = [await made({}), await made({})];
    const [cut, kept] = [
      await connect(relay, '/viewer', { auth: { key: old.secret } }),
      await connect(relay, '/viewer', { auth: { key: other.secret } }),
    ];
    const { secret } = (await relay.call('POST', `/api/v1/keys/${old.key.id}/rotate`, { body: { endNow: true } }))
      .body as Made;
    await until(() => !cut.connected);
    expect(await status(old.secret, 'GET', '/sessions')).toBe(401);
    expect(await status(secret, 'GET', '/sessions')).toBe(200);
    expect([kept.connected, runner.socket.connected]).toEqual([true, true]);
    kept.close();
  });
});

describe('a share link', () => {
  const start = async (parentId?: string) => {
    const body = { prompt: 'shared', runnerId: runner.profile.id, ...(parentId === undefined ? {} : { parentId }) };
    return ((await relay.call('POST', '/api/v1/sessions', { body })).body as { id: `ses_${string}` }).id;
  };
  const share = async (id: string, body: object = {}) => {
    const answer = await relay.call('POST', `/api/v1/sessions/${id}/shares`, { body });
    const { url, share: view } = answer.body as { url: string; share: ShareView };
    return { view, secret: new URL(url).hash.slice(1), url };
  };

  it('AUTH-9 shows one session, or it with all below, and nothing else; it changes nothing', async () => {
    const root = await start();
    const child = await start(root);
    const grandchild = await start(child);
    const [one, tree] = [await share(child), await share(child, { tree: true })];
    expect(one.url).toMatch(/\/share\/#tl_share_/);
    const see = (secret: string, id: string) => status(secret, 'GET', `/sessions/${id}`);
    expect([await see(one.secret, child), await see(one.secret, root), await see(one.secret, grandchild)]).toEqual([
      200, 404, 404,
    ]);
    expect([await see(tree.secret, child), await see(tree.secret, grandchild), await see(tree.secret, root)]).toEqual([
      200, 200, 404,
    ]);
    const refusal = async (id: string) =>
      JSON.stringify((await relay.call('GET', `/api/v1/sessions/${id}/log`, { key: tree.secret })).body)
        .replaceAll(id, 'ID')
        .replaceAll(/req_\w+/g, 'REQ');
    expect(await refusal(root)).toBe(await refusal(newId('session')));
    for (const [method, path] of [
      ['POST', `/sessions/${child}/inbox`],
      ['POST', `/sessions/${child}/stop`],
      ['DELETE', `/sessions/${child}`],
      ['POST', `/sessions/${child}/shares`],
      ['GET', '/sessions'],
      ['GET', '/runners'],
      ['GET', '/triggers'],
    ] as const)
      expect(await status(tree.secret, method, path, method === 'POST' ? { text: 'x' } : undefined)).toBe(403);
    expect((await relay.call('GET', '/api/v1/share', { key: one.secret })).body).toMatchObject({
      sessionId: child,
      tree: false,
    });
  });

  it('AUTH-9 follows live what it shows, and hears of nothing else', async () => {
    const root = await start();
    const other = await start();
    const { secret } = await share(root, { tree: true });
    const viewer = new TestViewer(await connect(relay, '/viewer', { auth: { key: secret } }));
    const { sessions, triggers, runners } = await viewer.request('overview', {});
    expect([sessions.map(({ id }) => id), triggers, runners]).toEqual([[root], [], []]);
    await viewer.request('attach', { session: root });
    await expect(viewer.request('attach', { session: other })).rejects.toThrow('not_found');
    const child = await start(root);
    const grandchild = await start(child);
    await start();
    await runner.send(runner.say(root, 'seen'), runner.say(other, 'unseen'));
    const ids = () =>
      new Set(viewer.heard.flatMap(({ payload }) => JSON.stringify(payload).match(/ses_\w{26}/g) ?? []));
    await until(() => ids().has(grandchild) && viewer.frames().length > 0);
    expect([...ids()].toSorted()).toEqual([root, child, grandchild].toSorted());
    viewer.socket.close();
  });

  it('AUTH-9 ends by revoking and by time, and whoever looks through it is cut off', async () => {
    const id = await start();
    const { secret, view } = await share(id);
    const all = await relay.call('GET', '/api/v1/shares');
    expect((all.body as { shares: ShareView[] }).shares).toContainEqual(view);
    const socket = await connect(relay, '/viewer', { auth: { key: secret } });
    expect((await relay.call('DELETE', `/api/v1/shares/${view.id}`)).status).toBe(200);
    await until(() => !socket.connected);
    expect(await status(secret, 'GET', `/sessions/${id}`)).toBe(401);
    const short = await share(id, { expiresInMs: 1_000 });
    await until(async () => (await status(short.secret, 'GET', `/sessions/${id}`)) === 401);
    expect((await relay.call('GET', `/api/v1/sessions/${id}/shares`)).body).toEqual({ shares: [] });
    const left = (await relay.call('GET', '/api/v1/shares')).body as { shares: ShareView[] };
    expect(left.shares.filter(({ sessionId }) => sessionId === id)).toEqual([]);
  });
});
