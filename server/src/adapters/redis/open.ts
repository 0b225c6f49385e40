import type { Store } from '../../ports/store.ts';
import { RedisConnection, type ConnectOptions } from './connection.ts';
import type { FrameChannels } from './frame-channel.ts';
import { RedisStore } from './store.ts';
import { Watch, type WatchOptions } from './watch.ts';

export interface RedisStoreOptions extends ConnectOptions, WatchOptions {}

export interface OpenedRedisStore {
  readonly store: Store;
  /** Stays with the data: two relays have the same one exactly when they share a database. */
  readonly storeId: string;
  /** Where what this store appends is published. */
  readonly channels: FrameChannels;
}

/** Opens the store; rejects with one sentence that names the fix when Redis cannot be reached or must not hold the data. */
export async function openRedisStore(options: RedisStoreOptions): Promise<OpenedRedisStore> {
  const connection = await RedisConnection.open(options);
  const watch = new Watch(connection, options);
  try {
    const storeId = await watch.begin();
    const channels = { storeId };
    return { store: new RedisStore({ connection, channels, health: () => watch.health() }), storeId, channels };
  } catch (error) {
    connection.client.disconnect();
    throw error;
  }
}
