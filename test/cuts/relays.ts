/** Two relays on one Redis. The second one may be deaf: it never hears what the first one tells the others. */
import { Redis } from 'ioredis';
import { startRedisServer } from '@treeline/test-support/redis-server.ts';
import { startRelay, type RelayServer } from '../bench/servers/process.ts';

const MANY = '100000000';
/** Whoever is cut off tries again without a pause, from the address of those who are not to be disturbed. */
const UNBOUNDED = {
  TREELINE_REQUESTS_OF_ADDRESS: MANY,
  TREELINE_REQUESTS_OF_PRINCIPAL: MANY,
  TREELINE_FAILURES_OF_ADDRESS: MANY,
  TREELINE_SOCKETS_OF_PRINCIPAL: MANY,
};
/** All that a relay does with Redis but to hear and tell hints: the frames of logs have channels of their own. */
const DEAF = ['on', 'nopass', '~*', '+@all', 'resetchannels', '&treeline:*:log:*'];

export interface Relays {
  /** Where credentials are ended. */
  readonly near: RelayServer;
  /** Must hear of it. */
  readonly far: RelayServer;
  stop(): Promise<void>;
}

export async function startRelays({ deaf }: { deaf: boolean }): Promise<Relays> {
  const redis = await startRedisServer();
  const admin = new Redis(redis.url);
  await admin.call('ACL', 'SETUSER', 'deaf', ...DEAF);
  admin.disconnect();
  const farUrl = deaf ? redis.url.replace('//', '//deaf:any@') : redis.url;
  const near = await startRelay({ env: { ...UNBOUNDED, REDIS_URL: redis.url } });
  // Of each hint that it cannot tell, a deaf relay warns.
  const far = await startRelay({ logLevel: 'error', env: { ...UNBOUNDED, REDIS_URL: farUrl } });
  return {
    near,
    far,
    async stop() {
      await near.stop();
      await far.stop();
      await redis.stop();
    },
  };
}
