/** A connection to the Redis of a run, as its operator has one. */
import type { RedisServer } from '@treeline/test-support/redis-server.ts';
import { Redis } from 'ioredis';

export async function withAdmin(redis: RedisServer, work: (admin: Redis) => Promise<void>): Promise<void> {
  const admin = new Redis(redis.url, { lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: null });
  try {
    await admin.connect();
    await work(admin);
  } finally {
    admin.disconnect();
  }
}
