/** A relay whose Redis was emptied, or is another one, says so and takes no work until somebody decides. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasRedisServer, startRedisServer, type RedisServer } from '@treeline/test-support/redis-server.ts';
import { startRelay, type RelayProcess } from '@treeline/test-support/relay-process.ts';
import { until } from '@treeline/test-support/until.ts';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

describe.skipIf(!hasRedisServer)('a relay on Redis', () => {
  let folder: string;
  let redis: RedisServer;
  let relay: RelayProcess | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'treeline-store-'));
    redis = await startRedisServer();
  });
  afterEach(async () => {
    await relay?.kill9();
    await redis.stop();
    rmSync(folder, { recursive: true });
  });

  const start = (more: Record<string, string> = {}) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, ...more };
    return startRelay({ dataDir: folder, env, redisUrl: redis.url });
  };
  const ready = async () => {
    const response = await fetch(new URL('/readyz', relay?.url));
    return { status: response.status, ...((await response.json()) as { ready: boolean; detail: string }) };
  };

  test('is not ready when its database was emptied, refuses to start on it, and goes on when told to', async () => {
    relay = await start();
    expect(await ready()).toMatchObject({ status: 200, ready: true });
    const admin = new Redis(redis.url);
    await admin.flushall();
    await admin.quit();
    const seen = await until('the relay notices', async () => {
      const state = await ready();
      return state.status === 503 && state;
    });
    expect(seen).toMatchObject({ ready: false, detail: expect.stringContaining('emptied database') });
    await relay.kill9();

    await expect(start()).rejects.toThrow(/is empty: this relay worked with store .*--accept-new-store/);
    relay = await start({ TREELINE_ACCEPT_NEW_STORE: '1' });
    expect(await ready()).toMatchObject({ status: 200 });
    await relay.stop();
    // From then on that store is the one.
    relay = await start();
    expect(await ready()).toMatchObject({ status: 200 });
  });
});
