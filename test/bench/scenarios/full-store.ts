/** A relay whose store holds 10,000 sessions: list, tree, and a long log opened at its end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionId } from '@treeline/shared';
import { startRedisServer } from '@treeline/test-support/redis-server.ts';
import { type Context, storeName } from '../context.ts';
import { percentile } from '../measure.ts';
import { openStore, seedLog, seedSessions } from '../seed.ts';
import { type RelayServer, startRelay, type StoreName } from '../servers/process.ts';
import { call } from '../wire/api.ts';
import { LightSocket } from '../wire/light-socket.ts';

const SESSIONS = 10_000;
const TREE = 1_000;
const ENTRIES = 10_000;
const CALLS = 50;
const WARM_UP = 10;

export async function fullStore({ plan, samples, progress }: Context): Promise<void> {
  for (const store of plan.stores) {
    progress(`${SESSIONS} sessions in the store: ${store}`);
    await withFullStore(store, async ({ relay, root }) => {
      for (let round = 0; plan.more(round); round++) {
        await samples.take(storeName(store), async () => ({
          ...(round === 0 ? { 'start.full': relay.readyMs } : {}),
          'store.list': await timed(() => call(relay, '/sessions?limit=50')),
          'store.tree': await timed(() => call(relay, `/sessions/${root}/tree`)),
          'store.open': await timed(() => openAtEnd(relay, root)),
        }));
      }
    });
  }
}

async function withFullStore(
  store: StoreName,
  use: (it: { relay: RelayServer; root: SessionId }) => Promise<void>,
): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'treeline-bench-'));
  const redis = store === 'redis' ? await startRedisServer() : undefined;
  try {
    const filled = await openStore(redis === undefined ? { dataDir } : { redisUrl: redis.url });
    const root = await seedSessions(filled, { count: SESSIONS, treeSize: TREE });
    await seedLog(filled, root, ENTRIES);
    await filled.close();
    const relay = await startRelay({ dataDir, redisUrl: redis?.url });
    await use({ relay, root });
    await relay.stop();
  } finally {
    await redis?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function openAtEnd(relay: RelayServer, session: SessionId): Promise<void> {
  const socket = await LightSocket.connect(relay.url, '/viewer', { key: relay.key });
  const { frames } = await socket.request<{ frames: unknown[] }>('attach', { session, tail: 20 });
  socket.close();
  if (frames.length !== 20) throw new Error(`the log of ${session} was not opened`);
}

/** p50 of several calls one after the other, after some that warm up, ms. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let i = 0; i < WARM_UP + CALLS; i++) {
    const started = performance.now();
    await act();
    if (i >= WARM_UP) took.push(performance.now() - started);
  }
  return percentile(took, 50);
}
