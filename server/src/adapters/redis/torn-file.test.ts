import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { newId, type SessionId } from '@treeline/shared';
import { hasRedisServer, startRedisServer, type RedisServer } from '@treeline/test-support/redis-server.ts';
import { expect, it } from 'vitest';
import type { Store } from '../../ports/store.ts';
import { openRedisStore } from './open.ts';

const NS = 'ns';

/** Cuts the end off the append-only file, as a power cut may: the last commit loses its EXEC. */
function tear(server: RedisServer): void {
  const names = readdirSync(server.dir, { recursive: true, encoding: 'utf8' });
  const name = names
    .filter((found) => /\.incr\.aof$|appendonly\.aof$/.test(found) && statSync(join(server.dir, found)).isFile())
    .at(-1);
  const file = join(server.dir, name ?? 'missing');
  truncateSync(file, statSync(file).size - 5);
}

const put = (store: Store, id: SessionId) =>
  store.commit({
    ns: NS,
    put: [{ kind: 'session', id, expect: 0, value: id, indexes: { state: 'open' } }],
    setTimers: [{ kind: 'session', id, name: 'wake', at: 1 }],
  });

it.skipIf(!hasRedisServer)('a commit torn by a power cut is gone whole, and stays gone', async () => {
  const server = await startRedisServer({ fsync: 'always' });
  let { store } = await openRedisStore({ url: server.url, volatile: false });
  const [kept, torn, later] = [newId('session', 1), newId('session', 2), newId('session', 3)];
  const ids = async () => (await store.list({ ns: NS, kind: 'session', limit: 10 })).map(({ id }) => id);
  try {
    await put(store, kept);
    await put(store, torn);
    await server.kill();
    tear(server);
    await store.close();

    await server.restart();
    ({ store } = await openRedisStore({ url: server.url, volatile: false }));
    expect(await ids()).toEqual([kept]);
    await put(store, later);
    await server.kill();
    await store.close();

    await server.restart();
    ({ store } = await openRedisStore({ url: server.url, volatile: false }));
    expect(await ids()).toEqual([kept, later]);
    expect(await store.count(NS, 'session', 'state', 'open')).toBe(2);
  } finally {
    await store.close();
    await server.stop();
  }
});
