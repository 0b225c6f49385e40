/**
 * Hints among relays that share a Redis: told at once on this relay, and to the others through Socket.IO's Redis adapter,
 * which also carries deltas to rooms on other relays. While Redis is away hints are lost; when it is back, `lapsed` says so.
 */
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import type { Server } from 'socket.io';
import type { Hint, Hints } from '../../ports/hints.ts';
import { localHints } from './local.ts';

export interface ClusterHintsOptions {
  readonly redisUrl: string;
  /** Pub/sub knows no databases: only relays with the same name hear each other. */
  readonly storeId: string;
  readonly io: Server;
  readonly onError: (error: unknown) => void;
}

export interface ClusterHints extends Hints {
  /** After the Socket.IO server was closed. */
  close(): void;
}

export async function clusterHints({ redisUrl, storeId, io, onError }: ClusterHintsOptions): Promise<ClusterHints> {
  const local = localHints(onError);
  const pub = quiet(
    new Redis(redisUrl, { lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0 }),
    onError,
  );
  const sub = quiet(new Redis(redisUrl, { lazyConnect: true, maxRetriesPerRequest: null }), onError);
  await Promise.all([pub.connect(), sub.connect()]);
  sub.on('ready', () => local.emit({ ns: '', type: 'lapsed' }));
  io.adapter(createAdapter(pub, sub, { key: `treeline:${storeId}`, publishOnSpecificResponseChannel: true }));
  io.on('hint', (hint: Hint) => local.emit(hint));
  return {
    emit(hint) {
      local.emit(hint);
      io.serverSideEmit('hint', hint);
    },
    listen: (listener) => local.listen(listener),
    close() {
      pub.disconnect();
      sub.disconnect();
    },
  };
}

/** The adapter does not look at the promises of these calls; what they meet is reported here. */
function quiet(client: Redis, onError: (error: unknown) => void): Redis {
  client.on('error', onError);
  for (const name of ['publish', 'subscribe', 'psubscribe', 'unsubscribe', 'punsubscribe'] as const) {
    const call = client[name].bind(client) as (...args: unknown[]) => Promise<unknown>;
    Object.assign(client, { [name]: (...args: unknown[]) => call(...args).catch(onError) });
  }
  return client;
}
