import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { hasRedisServer, startRedisServer, type RedisServer } from '@treeline/test-support/redis-server.ts';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import type { Store } from '../../ports/store.ts';
import { openRedisStore } from './open.ts';

const running: { readonly servers: RedisServer[]; readonly stores: Store[] } = { servers: [], stores: [] };

async function serverWith(config: Readonly<Record<string, string>>): Promise<RedisServer> {
  const server = await startRedisServer({ config });
  running.servers.push(server);
  return server;
}

async function open(url: string, { volatile = false, notices = [] as string[] } = {}) {
  const opened = await openRedisStore({ url, volatile, notice: (sentence) => notices.push(sentence) });
  running.stores.push(opened.store);
  return opened;
}

/** The one sentence it refuses with. */
async function refusal(url: string, volatile = false): Promise<string> {
  const error: unknown = await open(url, { volatile }).then(
    () => new Error('it was opened'),
    (reason: unknown) => reason,
  );
  const message = error instanceof Error ? error.message : '';
  expect(message.split('\n')).toHaveLength(1);
  return message;
}

afterEach(async () => {
  await Promise.all(running.stores.splice(0).map((store) => store.close()));
  await Promise.all(running.servers.splice(0).map((server) => server.stop()));
});

describe.skipIf(!hasRedisServer)('opening the store on a Redis', () => {
  it('keeps its id with the data, over restarts', async () => {
    const server = await serverWith({});
    const first = await open(server.url);
    expect((await open(server.url)).storeId).toBe(first.storeId);
    await server.restart();
    expect((await open(server.url)).storeId).toBe(first.storeId);
    expect((await open(`${server.url}/1`)).storeId).not.toBe(first.storeId);
  });

  it('refuses another or an emptied database than the one it is to find', async () => {
    const server = await serverWith({});
    const { storeId } = await open(server.url);
    const attempt = (url: string, expectedId: string | undefined) =>
      openRedisStore({ url, volatile: false, expectedId }).then(
        async ({ store }) => {
          running.stores.push(store);
          return 'opened';
        },
        (error: Error) => error.message,
      );
    expect(await attempt(server.url, storeId)).toBe('opened');
    expect(await attempt(`${server.url}/1`, storeId)).toMatch(/is empty: .*--accept-new-store/);
    await open(`${server.url}/1`);
    expect(await attempt(`${server.url}/1`, storeId)).toMatch(/holds another store: .*Correct the URL/);
    expect(await attempt(`${server.url}/1`, undefined)).toBe('opened');
  });

  it('refuses an address where nothing listens, and says where', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    const message = await refusal(`redis://user:s3cret@127.0.0.1:${port}`);
    expect(message).toMatch(new RegExp(`redis://127.0.0.1:${port} cannot be reached: start it`));
    expect(message).not.toContain('s3cret');
  });

  it('refuses wrong credentials without repeating them', async () => {
    const { url } = await serverWith({ requirepass: 'right' });
    expect(await refusal(url)).toContain('refuses the credentials');
    const message = await refusal(url.replace('//', '//:wr0ng@'));
    expect(message).toContain('refuses the credentials');
    expect(message).not.toContain('wr0ng');
    await open(url.replace('//', '//:right@'));
  });

  it('refuses a database that the server does not have', async () => {
    const { url } = await serverWith({});
    expect(await refusal(`${url}/99`)).toMatch(/DB index is out of range/);
  });

  it('refuses a Redis without an append-only file, unless a volatile store was asked for', async () => {
    const { url } = await serverWith({ appendonly: 'no' });
    expect(await refusal(url)).toMatch(/append-only file is off.*appendonly yes.*--volatile/);
    const { store } = await open(url, { volatile: true });
    expect(await store.health()).toMatchObject({ ok: true, volatile: true });
  });

  it('refuses eviction, even for a volatile store', async () => {
    const { url } = await serverWith({ 'maxmemory-policy': 'allkeys-lru' });
    expect(await refusal(url)).toMatch(/maxmemory-policy is allkeys-lru.*set `maxmemory-policy noeviction`/);
    expect(await refusal(url, true)).toContain('maxmemory-policy');
  });

  it('refuses a replica', async () => {
    const primary = await serverWith({});
    const replica = await serverWith({ replicaof: `127.0.0.1 ${primary.port}` });
    expect(await refusal(replica.url)).toMatch(/it is a replica: use the address of its primary/);
  });

  it('names all that is wrong at once', async () => {
    const { url } = await serverWith({ appendonly: 'no', 'maxmemory-policy': 'volatile-ttl' });
    expect(await refusal(url)).toMatch(/volatile-ttl.*append-only/);
  });

  it('opens on a Redis that forbids questions about its settings, and says what it could not verify', async () => {
    const server = await serverWith({ user: 'guest on >pw ~* &* +@all -@dangerous' });
    const notices: string[] = [];
    const { store } = await open(server.url.replace('//', '//guest:pw@'), { notices });
    expect(notices.join('\n')).toMatch(/noeviction[^]*appendonly yes/);
    expect(notices.join('\n')).not.toMatch(/version|replica/);
    expect(await store.health()).toMatchObject({ ok: true, detail: expect.stringContaining('could not be verified') });
    expect(await store.raiseFence('ns', 'f')).toBe(1);
  });

  it('its health tells when the settings became unsafe', async () => {
    const { url } = await serverWith({});
    const { store } = await open(url);
    expect(await store.health()).toMatchObject({ ok: true, backend: 'redis', volatile: false });
    const admin = new Redis(url);
    await admin.config('SET', 'appendonly', 'no');
    await admin.quit();
    expect(await store.health()).toMatchObject({ ok: false, detail: expect.stringContaining('append-only') });
  });

  it('refuses writes whole when memory is full, and goes on when there is room', async () => {
    const { url } = await serverWith({});
    const { store } = await open(url);
    const put = (id: string) =>
      store.commit({
        ns: 'ns',
        put: [{ kind: 'session', id, expect: 0, value: 'x'.repeat(1000), indexes: { state: 'open' } }],
        setTimers: [{ kind: 'session', id, name: 'wake', at: 1 }],
      });
    await put('before');
    const admin = new Redis(url);
    await admin.config('SET', 'maxmemory', '1');
    await expect(put('refused')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('OOM'),
    });
    await admin.config('SET', 'maxmemory', '0');
    await admin.quit();
    expect(await store.list({ ns: 'ns', kind: 'session', limit: 10 })).toHaveLength(1);
    expect(await store.count('ns', 'session', 'state', 'open')).toBe(1);
    expect(await put('after')).toMatchObject({ status: 'committed' });
  });
});
