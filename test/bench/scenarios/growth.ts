/** Whether a cost stays the same when there is more: sessions in the store, relays on one Redis. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedisServer } from '@treeline/test-support/redis-server.ts';
import type { SessionId } from '@treeline/shared';
import type { Context } from '../context.ts';
import { cpuOf } from '../measure.ts';
import { openStore, seedSessions } from '../seed.ts';
import { deploy, type RelayServer, startRelay, type StoreName } from '../servers/process.ts';
import { relayStreams, type Streams } from '../streams.ts';
import { call } from '../wire/api.ts';
import { eventTexts } from './events.ts';
import { timed } from './full-store.ts';

const TREE = 30;
const EVENTS = 10_000;
const WARM_UP = 2_000;

export async function growth(context: Context): Promise<void> {
  for (const store of context.plan.stores) await moreSessions(context, store);
  if (context.plan.stores.includes('redis')) await moreRelays(context);
}

export function sessionsPoint(store: StoreName, sessions: number): string {
  return `${store}, ${sessions} sessions`;
}

export function relaysPoint(relays: number): string {
  return `${relays} relays`;
}

async function moreSessions({ plan, samples, progress }: Context, store: StoreName): Promise<void> {
  const sizes = plan.quick ? [100, 1_000, 10_000] : [100, 1_000, 10_000, 100_000];
  const dataDir = await mkdtemp(join(tmpdir(), 'treeline-bench-'));
  const redis = store === 'redis' ? await startRedisServer() : undefined;
  try {
    let there = 0;
    for (const size of sizes) {
      progress(`growth to ${size} sessions: ${store}`);
      const filled = await openStore(redis === undefined ? { dataDir } : { redisUrl: redis.url });
      const root = await seedSessions(filled, { count: size - there, treeSize: TREE });
      there = size;
      await filled.close();
      const relay = await startRelay({ dataDir, redisUrl: redis?.url });
      const pids = [relay.pid, ...(redis === undefined ? [] : [redis.pid])];
      for (let round = 0; round < 3 && plan.more(round); round++) {
        await samples.take(sessionsPoint(store, size), () => measure({ relay, root, pids }));
      }
      await relay.stop();
    }
  } finally {
    await redis?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure({ relay, root, pids }: { relay: RelayServer; root: SessionId; pids: readonly number[] }) {
  const streams = await relayStreams({ runner: relay, viewer: relay }, { sessions: 1, viewers: 1 });
  await run([streams], WARM_UP);
  const cpu = cpuOf(pids);
  await run([streams], EVENTS);
  const used = cpuOf(pids) - cpu;
  streams.close();
  return {
    'growth.event': used / EVENTS,
    'growth.list': await timed(() => call(relay, '/sessions?limit=50')),
    'growth.tree': await timed(() => call(relay, `/sessions/${root}/tree`)),
  };
}

/** Each relay has a runner, and a viewer of the session on the relay after it, so that every event crosses. */
async function moreRelays({ plan, samples, progress }: Context): Promise<void> {
  for (const count of plan.quick ? [1, 2, 4] : [1, 2, 4, 8]) {
    progress(`growth to ${count} relays`);
    const it = await deploy({ store: 'redis', name: relaysPoint(count), relays: count });
    try {
      const streams: Streams[] = [];
      for (const [i, runner] of it.relays.entries()) {
        const viewer = it.relays[(i + 1) % count] ?? runner;
        streams.push(await relayStreams({ runner, viewer }, { sessions: 1, viewers: 1 }));
      }
      await run(streams, WARM_UP);
      for (let round = 0; round < 3 && plan.more(round); round++) {
        await samples.take(it.name, async () => {
          const each = Math.ceil(EVENTS / count);
          const cpu = cpuOf(it.pids);
          await run(streams, each);
          return { 'growth.relays': (cpuOf(it.pids) - cpu) / (each * count) };
        });
      }
      for (const stream of streams) stream.close();
    } finally {
      await it.stop();
    }
  }
}

/** Sends so many events in each; resolves when all are stored and seen. */
async function run(streams: readonly Streams[], events: number): Promise<void> {
  await Promise.all(
    streams.map((stream) => {
      const send = stream.burst(eventTexts(events));
      let missing = events;
      const all = new Promise<void>((resolve) => {
        stream.onCount((count) => {
          missing -= count;
          if (missing === 0) resolve();
        });
      });
      return Promise.all([send(), all]);
    }),
  );
}
