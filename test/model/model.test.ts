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
/** Sequences over the stores that are under way at once: some wait for the disk while another is at work. */
const LANES = 5;
const times = Number(process.env['TREELINE_MODEL_TIMES'] ?? 1);

test(`the rules alone do what the model says, in ${3000 * times} sequences`, { timeout: 120_000 * times }, async () => {
  const property = fc.asyncProperty(steps(60), (list) => play(list, [new DomainWorld()], { lookEvery: 1 }));
  await fc.assert(property, { numRuns: 3000 * times, seed });
});

describe('the services over a store', () => {
  /** Of each lane its own, since the clock of a sequence is its own too. */
  const lanes: Store[][] = [];
  let redis: RedisServer | undefined;
  let folder: string;
  let runs = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'treeline-model-'));
    if (hasRedisServer) redis = await startRedisServer({ fsync: 'everysec' });
    for (let lane = 0; lane < LANES; lane++) {
      const stores: Store[] = [await openSqliteFromSources(join(folder, `lane-${lane}`, 'relay.db'))];
      if (redis) stores.push((await openRedisStore({ url: `${redis.url}/${lane}`, volatile: false })).store);
      lanes.push(stores);
    }
  });
  afterAll(async () => {
    await Promise.all(lanes.flat().map((store) => store.close()));
    await redis?.stop();
    await rm(folder, { recursive: true });
  });

  const what = hasRedisServer ? 'SQLite and Redis' : 'SQLite (redis-server is not installed)';
  test(
    `do on ${what} the same as the rules alone, in ${2000 * times} sequences`,
    { timeout: 600_000 * times },
    async () => {
      const checks = lanes.map((stores, lane) => {
        const property = fc.asyncProperty(steps(40), async (list) => {
          const ns = `run-${++runs}`;
          const worlds = await Promise.all(stores.map((store) => ServicesWorld.open(store, ns)));
          await play(list, [new DomainWorld(), ...worlds], { lookEvery: 10 });
        });
        return fc.assert(property, { numRuns: (2000 * times) / LANES, seed: seed + lane });
      });
      await Promise.all(checks);
    },
  );
});
