/** Chooses the store. Redis and all that belongs to it is loaded only where it is used. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { openSqliteStore } from '../adapters/sqlite/index.ts';
import type { FrameChannels } from '../adapters/redis/frame-channel.ts';
import type { RelayConfig } from '../config.ts';
import { readKnownStore, rememberStore } from './known-store.ts';
import type { Recovery, Store } from '../ports/store.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Set when other relays may share the store: where they meet, and a name that only they have. */
  readonly shared?: { readonly redisUrl: string; readonly channels: FrameChannels };
}

/** Rejects with one line that names the fix. `restarted`: the store came back after it was away, perhaps without its last writes. */
export async function openStore(config: RelayConfig, log: Logger, restarted: () => void): Promise<OpenedStore> {
  const { redisUrl, dataDir, volatile, storeId: expected, acceptNewStore } = config;
  if (redisUrl === undefined) {
    const store = await openSqliteStore({ file: join(dataDir, 'relay.db') });
    const { recovered } = await store.health();
    if (recovered !== undefined) log.error({ recovered }, recoveredText(recovered));
    return { store };
  }
  const { openRedisStore } = await import('../adapters/redis/open.ts');
  const { store, storeId, channels } = await openRedisStore({
    url: redisUrl,
    volatile,
    expectedId: acceptNewStore ? undefined : (expected ?? (await readKnownStore(dataDir))),
    notice: (sentence) => log.warn(sentence),
    restarted,
  });
  await rememberStore(dataDir, storeId);
  return { store, shared: { redisUrl, channels } };
}

/** For the log and for whoever starts the relay by hand. */
export function recoveredText({ at, verdict, lost, aside }: Recovery): string {
  return (
    `The store was damaged (${verdict}) and recovered at ${at}; lost: ${lost}. The originals and a report are in ` +
    `${aside}: move that folder away when you have seen to it.`
  );
}
