/** What a power cut does to the append-only file of Redis. */
import { appendFileSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisServer } from '@treeline/test-support/redis-server.ts';
import { until } from '@treeline/test-support/until.ts';
import { withAdmin } from './admin.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

const REPLACED_MS = 60_000;

/** Bytes of a command that was being written when the machine went: Redis cuts them away when it reads the file. */
export function tearTail(redis: RedisServer): void {
  const file = lastAppendOnlyFile(redis);
  if (file !== undefined) appendFileSync(file.path, '*5\r\n$4\r\nXADD\r\n$12\r\nhalf a com');
}

/**
 * Real loss: the last of the append-only file is gone when Redis comes back. What was acknowledged within it is noted;
 * of that only what runners hold can come back.
 */
export async function loseTail(world: World, redis: RedisServer, random: Random): Promise<boolean> {
  await withAdmin(
    redis,
    async (admin) => void (await admin.config('SET', 'appendfsync', random.pick(['always', 'everysec']))),
  );
  const before = lastAppendOnlyFile(redis);
  const from = performance.now();
  if (before === undefined) return false;
  await sleep(random.int(50, 700));
  await redis.kill();
  const after = lastAppendOnlyFile(redis);
  // A new file was begun meanwhile, with all of the old one in another.
  const isSame = after?.path === before.path && after.bytes > before.bytes;
  if (isSame) {
    truncateSync(before.path, random.int(before.bytes, after.bytes - 1));
    world.losses.push({ from, to: performance.now() });
  }
  await redis.restart();
  if (isSame)
    await until('a relay has the torn file replaced', () => !isInUse(redis, before.path), { withinMs: REPLACED_MS });
  return isSame;
}

/**
 * Redis 7.0 leaves the beginning of a torn MULTI in the file, and does not start on it again as long as another one
 * follows: the relays ask for a new one, and until they have it a second crash would be the end.
 */
function isInUse({ dir }: RedisServer, path: string): boolean {
  return readFileSync(join(dir, 'appendonlydir', 'appendonly.aof.manifest'), 'utf8').includes(
    `file ${basename(path)} `,
  );
}

function lastAppendOnlyFile({ dir }: RedisServer): { path: string; bytes: number } | undefined {
  const folder = join(dir, 'appendonlydir');
  const name = readdirSync(folder)
    .filter((file) => file.endsWith('.incr.aof'))
    .toSorted()
    .at(-1);
  if (name === undefined) return undefined;
  const path = join(folder, name);
  return { path, bytes: statSync(path).size };
}
