/**
 * The graph, the inbox and the triggers under random sequences of what people, sessions, runners and time do, against a
 * model written a second time (model.ts) and the invariants (invariants.ts). A failure prints the shortest sequence that
 * fast-check found, and the seed with which it comes again.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteFromSources } from '@treeline/server/src/adapters/sqlite/from-sources.ts';
import { openRedisStore } from '@treeline/server/src/adapters/redis/open.ts';
import type { Store } from '@treeline/server/src/ports/store.ts';
import { hasRedisServer, startRedisServer, type RedisServer } from '@treeline/test-support/redis-server.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { DomainWorld } from './domain-world.ts';
import { play } from './player.ts';
import { ServicesWorld } from './services-world.ts';
import { steps } from './steps.ts';

const seed = Number(process.env['TREELINE_MODEL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const times = Number(process.env['TREELINE_MODEL_TIMES'] ?? 1);

test(`the rules alone do what the model says, in ${3000 * times} sequences`, { timeout: 120_000 * times }, async () => {
  const property = fc.asyncProperty(steps(60), (list) => play(list, [new DomainWorld()], { lookEvery: 1 }));
  await fc.assert(property, { numRuns: 3000 * times, seed });
});

describe('the services over a store', () => {
  const stores: Store[] = [];
  let redis: RedisServer | undefined;
  let folder: string;
  let runs = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'treeline-model-'));
    stores.push(await openSqliteFromSources(join(folder, 'relay.db')));
    if (!hasRedisServer) return;
    redis = await startRedisServer({ fsync: 'everysec' });
    stores.push((await openRedisStore({ url: redis.url, volatile: false })).store);
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await redis?.stop();
    await rm(folder, { recursive: true });
  });

  const what = hasRedisServer ? 'SQLite and Redis' : 'SQLite (redis-server is not installed)';
  test(
    `do on ${what} the same as the rules alone, in ${300 * times} sequences`,
    { timeout: 180_000 * times },
    async () => {
      const property = fc.asyncProperty(steps(40), async (list) => {
        const ns = `run-${++runs}`;
        const worlds = await Promise.all(stores.map((store) => ServicesWorld.open(store, ns)));
        await play(list, [new DomainWorld(), ...worlds], { lookEvery: 10 });
      });
      await fc.assert(property, { numRuns: 300 * times, seed });
    },
  );
});
