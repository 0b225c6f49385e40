import { hasRedisServer, startRedisServer, type RedisServer } from '@treeline/test-support/redis-server.ts';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe } from 'vitest';
import { storeContract } from '../../ports/store.contract.ts';
import { openRedisStore } from './open.ts';

describe.skipIf(!hasRedisServer)('with a redis-server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server.stop());

  storeContract({
    name: 'Redis',
    open: async () => {
      const admin = new Redis(server.url);
      await admin.flushall();
      await admin.quit();
      const open = async () => (await openRedisStore({ url: server.url, volatile: false })).store;
      let store = await open();
      return {
        store,
        async reopen() {
          await store.close();
          await server.restart();
          store = await open();
          return store;
        },
        close: () => store.close(),
      };
    },
  });
});
