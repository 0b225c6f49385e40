import { hasRedisServer, startRedisServer, type RedisServer } from '@treeline/test-support/redis-server.ts';
import { newId, type Frame } from '@treeline/shared';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channelPrefix, readPublished } from './frame-channel.ts';
import { openRedisStore, type OpenedRedisStore } from './open.ts';

describe.skipIf(!hasRedisServer)('frames on the channel of their session', () => {
  let redis: RedisServer;
  let opened: OpenedRedisStore;
  let ear: Redis;
  beforeAll(async () => {
    redis = await startRedisServer();
    opened = await openRedisStore({ url: redis.url, volatile: false });
    ear = new Redis(redis.url);
  });
  afterAll(async () => {
    ear.disconnect();
    await opened.store.close();
    await redis.stop();
  });

  function frame(session: Frame['session'], first: number, body: string): Frame {
    return { id: newId('frame'), session, epoch: 3, first, count: 2, kind: 'events', body };
  }

  /** What others hear while something is done; a last message of our own says that all before it has come. */
  async function heardDuring(session: Frame['session'], ns: string, act: () => Promise<unknown>) {
    const channel = `${channelPrefix(opened.channels, ns)}${session}`;
    const messages: string[] = [];
    await ear.subscribe(channel);
    const over = new Promise<void>((resolve) => {
      ear.on('message', (_, message) => (message === 'over' ? resolve() : messages.push(message)));
    });
    await act();
    const mouth = new Redis(redis.url);
    await mouth.publish(channel, 'over');
    await over;
    mouth.disconnect();
    ear.removeAllListeners('message');
    return { channel, messages };
  }

  it('are published by the call that stores them, as they were, and once', async () => {
    const session = newId('session');
    const frames = [frame(session, 1, '["a\\nb", "ü"]'), frame(session, 3, '[{"x":": "}, 2]')];
    const ns = 'a space: and more';
    const { channel, messages } = await heardDuring(session, ns, async () => {
      await opened.store.append(ns, frames);
      await opened.store.append(ns, frames);
    });
    expect(messages.map((message) => readPublished(channel, message))).toEqual(
      frames.map((it) => ({ ns, session, frame: it })),
    );
  });

  it('are published by a commit that holds them, and not by one that is refused', async () => {
    const session = newId('session');
    const ref = { kind: 'setting', id: newId('request') } as const;
    const [taken, refused] = [frame(session, 1, '[1, 2]'), frame(session, 3, '[3, 4]')];
    const { messages } = await heardDuring(session, 'main', async () => {
      await opened.store.commit({ ns: 'main', put: [{ ...ref, expect: 0, value: 1 }], frames: [taken] });
      await opened.store.commit({ ns: 'main', put: [{ ...ref, expect: 0, value: 2 }], frames: [refused] });
    });
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(taken.id);
  });
});
