import { newId, type Frame, type SessionId } from '@treeline/shared';
import { hasRedisServer, startRedisServer, type RedisServer } from '@treeline/test-support/redis-server.ts';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Store } from '../../ports/store.ts';
import { openRedisStore } from './open.ts';

const NS = 'ns';

/** A client that a restart of its server does not disturb. */
function adminOf(server: RedisServer): Redis {
  const admin = new Redis(server.url);
  admin.on('error', () => undefined);
  return admin;
}

function frame(session: SessionId, first: number): Frame {
  return { id: newId('frame'), session, epoch: 1, first, count: 1, kind: 'fact', body: `[{"n":${first}}]` };
}

describe.skipIf(!hasRedisServer)('when Redis restarts under an open store', () => {
  let server: RedisServer;
  let store: Store;
  let notices: string[];
  let restarts: number;
  const open = async (volatile: boolean, config: Readonly<Record<string, string>> = {}) => {
    server = await startRedisServer({ fsync: 'always', config });
    notices = [];
    restarts = 0;
    const restarted = () => void (restarts += 1);
    const notice = (sentence: string) => void notices.push(sentence);
    ({ store } = await openRedisStore({ url: server.url, volatile, commandTimeoutMs: 500, notice, restarted }));
  };
  const healthy = () => vi.waitFor(async () => expect(await store.health()).toMatchObject({ ok: true }), 10_000);

  beforeEach(async () => {
    await open(false);
  });
  afterEach(async () => {
    await store.close();
    await server.stop();
  });

  it('what was committed is there, calls in between reject, and later ones succeed', async () => {
    const session = newId('session');
    const [one, two] = [frame(session, 1), frame(session, 2)];
    await store.commit({ ns: NS, put: [{ kind: 'session', id: session, expect: 0, value: 1 }] });
    await store.append(NS, [one]);

    await server.kill();
    const refused = await Promise.allSettled([
      store.get(NS, { kind: 'session', id: session }),
      store.append(NS, [two]),
      store.commit({ ns: NS, put: [{ kind: 'session', id: session, expect: 1, value: 2 }] }),
      store.claimDue(1, 1, 1),
      store.getMany(NS, 'session', [session]),
    ]);
    for (const result of refused) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    }
    expect(await store.health()).toMatchObject({ ok: false, detail: expect.stringContaining('trying again') });

    await server.restart();
    await healthy();
    expect(await store.get(NS, { kind: 'session', id: session })).toMatchObject({ value: 1, version: 1 });
    expect(await store.append(NS, [one, two])).toMatchObject([{ status: 'duplicate' }, { status: 'appended' }]);
    expect(await store.readLog(NS, session, { limit: 10 })).toEqual([one, two]);
  });

  it('calls under way reject or are done, and repeating them does everything once', async () => {
    const session = newId('session');
    const list = Array.from({ length: 200 }, (_, i) => frame(session, i + 1));
    const underWay = Promise.allSettled(list.map((next) => store.append(NS, [next])));
    await server.kill();
    const reasons = (await underWay).flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    for (const reason of reasons) expect(reason).toMatchObject({ code: 'unavailable' });
    await server.restart();
    await healthy();
    const again = await store.append(NS, list);
    expect(again.filter(({ status }) => status !== 'appended' && status !== 'duplicate')).toEqual([]);
    expect(await store.readLog(NS, session, { limit: 500 })).toEqual(list);
  });

  it('a server that hangs is given up on in time, and used again when it goes on', async () => {
    process.kill(server.pid, 'SIGSTOP');
    const hung = store.raiseFence(NS, 'f');
    await expect(hung).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('no answer') });
    process.kill(server.pid, 'SIGCONT');
    await healthy();
    // The call that was given up on may have happened or not.
    expect([1, 2]).toContain(await store.raiseFence(NS, 'f'));
  });

  it('a restart is told once, and a connection that was only lost is not', async () => {
    const admin = adminOf(server);
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await vi.waitFor(() => expect(notices.join()).toContain('connected again'), 10_000);
    expect(restarts).toBe(0);
    await server.restart();
    await vi.waitFor(() => expect(restarts).toBe(1), 10_000);
    await healthy();
    expect(restarts).toBe(1);

    // A relay that was down meanwhile is told at its start.
    await store.close();
    await server.restart();
    ({ store } = await openRedisStore({ url: server.url, volatile: false, restarted: () => (restarts += 1) }));
    expect(restarts).toBe(2);
    admin.disconnect();
  });

  it('a new append-only file is asked for after each restart, once', async () => {
    const admin = adminOf(server);
    // Counted by the server since its start.
    const rewrites = async () => /cmdstat_bgrewriteaof:calls=(\d+)/.exec(await admin.info('commandstats'))?.[1];
    await server.restart();
    await healthy();
    expect(await rewrites()).toBe('1');
    const second = await openRedisStore({ url: server.url, volatile: false });
    await second.store.close();
    expect(await rewrites()).toBe('1');
    await admin.quit();
  });

  it('a server that forgot the scripts is given them again', async () => {
    const session = newId('session');
    await store.append(NS, [frame(session, 1)]);
    const admin = new Redis(server.url);
    await admin.script('FLUSH');
    await admin.quit();
    const list = [frame(session, 2), frame(session, 3)];
    const results = await Promise.all(list.map((next) => store.append(NS, [next])));
    expect(results.flat()).toMatchObject([{ status: 'appended' }, { status: 'appended' }]);
    expect(await store.commit({ ns: NS })).toMatchObject({ status: 'committed' });
  });

  it('an emptied database is not taken for the store', async () => {
    const admin = adminOf(server);
    await admin.flushall();
    await admin.quit();
    await server.restart();
    await vi.waitFor(
      async () =>
        expect(await store.health()).toMatchObject({ ok: false, detail: expect.stringContaining('emptied database') }),
      10_000,
    );
    await expect(store.head(NS, newId('session'))).rejects.toMatchObject({ code: 'unavailable' });
    expect(notices.filter((notice) => notice.includes('emptied database'))).toHaveLength(1);
  });

  it('a database that is emptied under the relay is noticed without a restart, and taken again when it is back', async () => {
    const session = newId('session');
    await store.append(NS, [frame(session, 1)]);
    const admin = new Redis(server.url);
    const id = await admin.hget('tl:store', 'id');
    await admin.flushall();
    await vi.waitFor(
      async () =>
        expect(await store.health()).toMatchObject({
          ok: false,
          detail: expect.stringContaining('--accept-new-store'),
        }),
      10_000,
    );
    await expect(store.append(NS, [frame(session, 1)])).rejects.toMatchObject({ code: 'unavailable' });
    expect(await admin.keys('tl:{*')).toEqual([]);
    await admin.hset('tl:store', 'id', id ?? '');
    await healthy();
    expect(await store.append(NS, [frame(session, 1)])).toMatchObject([{ status: 'appended' }]);
    await admin.quit();
  });

  it('a server that is paused for writes is given up on in time, and used again after it', async () => {
    const admin = new Redis(server.url);
    await admin.call('CLIENT', 'PAUSE', '1500', 'WRITE');
    const session = newId('session');
    const one = frame(session, 1);
    await expect(store.append(NS, [one])).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('no answer'),
    });
    await healthy();
    await vi.waitFor(async () => {
      // The call that was given up on may be done when the pause ends: by identity it counts once.
      expect(await store.append(NS, [one])).toMatchObject([{ head: { seq: 1, frame: one.id } }]);
    }, 10_000);
    expect(await store.readLog(NS, session, { limit: 10 })).toEqual([one]);
    await admin.quit();
  });

  it('a volatile store that lost everything goes on as the same one', async () => {
    await store.close();
    await server.stop();
    await open(true, { appendonly: 'no' });
    await store.raiseFence(NS, 'f');
    await server.kill();
    await server.restart();
    await healthy();
    expect(await store.raiseFence(NS, 'f')).toBe(1);
  });
});
