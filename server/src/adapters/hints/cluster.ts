/**
 * Hints among relays that share a Redis: told at once on this relay, and to the others through Socket.IO's Redis adapter,
 * which also carries deltas to rooms on other relays. Frames take no part in that: the script that stores them publishes
 * them on their session's own channel, and each relay follows the sessions that are watched on it. While Redis is away
 * hints are lost; when it is back, `lapsed` says so.
 */
import { TreelineError, type SessionId } from '@treeline/shared';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import type { Server } from 'socket.io';
import type { Hint, Hints } from '../../ports/hints.ts';
import { channelPrefix, type FrameChannels, readPublished } from '../redis/frame-channel.ts';
import { localHints } from './local.ts';

/** Of inbox items, and of a record, that travel with their hint. */
const LUGGAGE_CHARS = 8 * 1024;

export interface ClusterHintsOptions {
  readonly redisUrl: string;
  readonly channels: FrameChannels;
  readonly io: Server;
  readonly onError: (error: unknown) => void;
}

export interface ClusterHints extends Hints {
  /** After the Socket.IO server was closed. */
  close(): void;
}

export async function clusterHints(options: ClusterHintsOptions): Promise<ClusterHints> {
  const { redisUrl, channels, io, onError } = options;
  const local = localHints(onError);
  const pub = quiet(
    new Redis(redisUrl, { lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0 }),
    onError,
  );
  const sub = quiet(new Redis(redisUrl, { lazyConnect: true, maxRetriesPerRequest: null }), onError);
  const frames = new Redis(redisUrl, { lazyConnect: true, maxRetriesPerRequest: null, autoResubscribe: false });
  frames.on('error', onError);
  await Promise.all([pub.connect(), sub.connect(), frames.connect()]);
  const lapsed = () => local.emit({ ns: '', type: 'lapsed' });
  const followed = new Followed({ redis: frames, channels, onError, onAgain: lapsed });
  frames.on('message', (channel: string, message: string) => {
    const { ns, session, frame } = readPublished(channel, message);
    local.emit({ ns, type: 'frames', session, frames: [frame] });
  });
  sub.on('ready', lapsed);
  const key = `treeline:${channels.storeId}`;
  io.adapter(createAdapter(pub, sub, { key, publishOnSpecificResponseChannel: true }));
  io.on('hints', (hints: readonly Hint[]) => hints.forEach((hint) => local.emit(hint)));
  const tellOthers = inBatches<Hint>((hints) => io.serverSideEmit('hints', hints));
  return {
    emit(hint) {
      local.emit(hint);
      if (hint.type !== 'frames') tellOthers(light(hint));
    },
    listen: (listener) => local.listen(listener),
    follow: (ns, session) => followed.add(ns, session),
    unfollow: (ns, session) => followed.remove(ns, session),
    close() {
      for (const client of [pub, sub, frames]) client.disconnect();
    },
  };
}

/** What is large is read from the store by the relay that needs it. */
function light(hint: Hint): Hint {
  if (hint.type === 'inbox' && isHeavy(hint.entries)) {
    const { entries: _, ...rest } = hint;
    return rest;
  }
  if ((hint.type === 'session' || hint.type === 'trigger') && isHeavy(hint.stored)) {
    const { stored: _, ...rest } = hint;
    return rest;
  }
  return hint;
}

function isHeavy(luggage: unknown): boolean {
  return luggage !== undefined && JSON.stringify(luggage).length > LUGGAGE_CHARS;
}

/** What comes in one go, as the hints of one commit do, travels together. */
function inBatches<T>(send: (batch: readonly T[]) => void): (item: T) => void {
  let batch: T[] = [];
  return (item) => {
    if (batch.push(item) > 1) return;
    queueMicrotask(() => {
      const full = batch;
      batch = [];
      send(full);
    });
  };
}

interface FollowedOptions {
  readonly redis: Redis;
  readonly channels: FrameChannels;
  readonly onError: (error: unknown) => void;
  /** The subscriptions stand again, after frames may have been missed. */
  readonly onAgain: () => void;
}

/** The channels that this relay hears. Redis handles the commands of one connection in order, so the last word counts. */
class Followed {
  readonly #options: FollowedOptions;
  /** Channel → when it is heard. */
  readonly #heard = new Map<string, Promise<unknown>>();

  constructor(options: FollowedOptions) {
    this.#options = options;
    options.redis.on('ready', () => void this.#again());
  }

  async add(ns: string, session: SessionId): Promise<void> {
    const channel = this.#channel(ns, session);
    const known = this.#heard.get(channel);
    if (known !== undefined) return void (await known);
    if (this.#options.redis.status !== 'ready') throw gone();
    await this.#subscribe([channel]);
  }

  remove(ns: string, session: SessionId): void {
    const channel = this.#channel(ns, session);
    if (!this.#heard.delete(channel) || this.#options.redis.status !== 'ready') return;
    this.#options.redis.unsubscribe(channel).catch(this.#options.onError);
  }

  async #again(): Promise<void> {
    const channels = [...this.#heard.keys()];
    try {
      if (channels.length > 0) await this.#subscribe(channels);
      this.#options.onAgain();
    } catch (error) {
      // The connection broke again, and so there will be another time.
      this.#options.onError(error);
    }
  }

  #subscribe(channels: readonly string[]): Promise<unknown> {
    const heard = this.#options.redis.subscribe(...channels).catch((cause: unknown) => {
      throw gone(cause);
    });
    for (const channel of channels) {
      this.#heard.set(channel, heard);
      heard.catch(() => {
        if (this.#heard.get(channel) === heard) this.#heard.delete(channel);
      });
    }
    return heard;
  }

  #channel(ns: string, session: SessionId): string {
    return `${channelPrefix(this.#options.channels, ns)}${session}`;
  }
}

function gone(cause?: unknown): TreelineError {
  return new TreelineError('unavailable', 'The connection to Redis was lost; trying again', { cause });
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
