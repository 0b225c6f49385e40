import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatApiKey, newId, parseApiKey, type AuditLine, type KeyId } from '@treeline/shared';
import { hasRedisServer, startRedisServer } from '@treeline/test-support/redis-server.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localHints } from '../adapters/hints/local.ts';
import { openRedisStore } from '../adapters/redis/open.ts';
import { openSqliteFromSources } from '../adapters/sqlite/from-sources.ts';
import { whoOf, type Call } from '../domain/audit.ts';
import type { Principal } from '../domain/principal.ts';
import type { OwnedLine } from '../ports/audit-records.ts';
import type { Store, Unit } from '../ports/store.ts';
import { startTestRelay, TestRunner, until } from '../testing.ts';
import { credentialIndexes, newSecret, runnerIndex, type Credential } from './credential.ts';
import { Credentials } from './credentials.ts';
import { Keys } from './keys.ts';
import { RunnerKeys } from './runner-keys.ts';

const DAY = 24 * 3600_000;
const LIFE = 90 * DAY;

interface Opened {
  readonly store: Store;
  readonly close: () => Promise<void>;
}

async function embedded(): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'treeline-runner-keys-'));
  const store = await openSqliteFromSources(join(folder, 'relay.db'));
  return { store, close: () => store.close().then(() => rm(folder, { recursive: true })) };
}

async function redis(): Promise<Opened> {
  const server = await startRedisServer();
  const { store } = await openRedisStore({ url: server.url, volatile: true, notice: () => undefined });
  return { store, close: () => store.close().then(() => server.stop()) };
}

const STORES = [{ name: 'embedded', open: embedded }, ...(hasRedisServer ? [{ name: 'redis', open: redis }] : [])];

describe.each(STORES)('the key of a runner, on the $name store', ({ open }) => {
  let opened: Opened;
  let keys: Keys;
  let credentials: Credentials;
  let runnerKeys: RunnerKeys;
  let at = Date.UTC(2030, 0, 1);
  const now = () => at;
  beforeAll(async () => {
    opened = await open();
    const { store } = opened;
    credentials = new Credentials({ store, now, hints: localHints(() => undefined), onError: () => undefined });
    const times = { joinTokenMs: DAY, rotationGraceMs: DAY };
    keys = await Keys.open({ store, credentials, now, times });
    runnerKeys = new RunnerKeys({ store, keys, credentials, now, lifeMs: LIFE });
  });
  afterAll(() => opened.close());

  type Runner = Principal & { kind: 'runner' };
  const joined = async () => {
    const token = await keys.make({ ns: 'main', kind: 'join', name: 'a runner' });
    const runner = { id: newId('runner'), name: 'alpha' };
    const { secret } = await runnerKeys.trade({ kind: 'join', ns: 'main', name: '', keyId: token.key.id }, runner);
    return { secret, as: asRunner(runner.id) };
  };
  const asRunner =
    (runnerId: Runner['runnerId']) =>
    (secret: string): Runner => ({ kind: 'runner', ns: 'main', name: 'alpha', runnerId, keyId: idOf(secret) });
  const keysOf = async (runnerId: Runner['runnerId']) => {
    const index = { index: 'runner', value: runnerIndex('main', runnerId) };
    const found = await opened.store.list<Credential>({ ns: 'system', kind: 'credential', ...index, limit: 100 });
    return found.map(({ value }) => value);
  };
  const works = async (secret: string) => (await keys.verify(secret)) !== undefined;

  it('AUTH-10 runs out', async () => {
    const { secret } = await joined();
    at += LIFE - 1;
    expect(await works(secret)).toBe(true);
    at += 1;
    expect(await works(secret)).toBe(false);
  });

  it('AUTH-10 is renewed after two thirds of its life, and ends when the next one was used', async () => {
    const { secret, as } = await joined();
    expect(await runnerKeys.renewAt(idOf(secret))).toBe(at + (LIFE * 2) / 3);
    at += (LIFE * 2) / 3 - 1;
    await expect(runnerKeys.renew(as(secret))).rejects.toMatchObject({ code: 'conflict' });
    at += 1;
    const { key: next } = await runnerKeys.renew(as(secret));
    await runnerKeys.used(as(secret));
    expect([await works(secret), await works(next)]).toEqual([true, true]);
    await runnerKeys.used(as(next));
    expect([await works(secret), await works(next)]).toEqual([false, true]);
    await expect(runnerKeys.renew(as(secret))).rejects.toMatchObject({ code: 'unauthenticated' });
    at += LIFE - 1;
    expect(await works(next)).toBe(true);
  });

  it('AUTH-10 outlives answers that got lost: what was never used ends instead', async () => {
    const { secret, as } = await joined();
    at += LIFE - DAY;
    const { key: lost } = await runnerKeys.renew(as(secret));
    const { key: next } = await runnerKeys.renew(as(secret));
    expect([await works(secret), await works(lost), await works(next)]).toEqual([true, false, true]);
    await runnerKeys.used(as(next));
    expect([await works(secret), await works(lost), await works(next)]).toEqual([false, false, true]);
  });

  it('AUTH-10 of renewals at the same time leaves one, and a runner that asks again and again fills no store', async () => {
    const { secret, as } = await joined();
    at += LIFE - DAY;
    const made = await Promise.all(Array.from({ length: 5 }, () => runnerKeys.renew(as(secret))));
    const left = await Promise.all(made.map(({ key }) => works(key)));
    expect(left.filter(Boolean)).toHaveLength(1);
    expect(await works(secret)).toBe(true);
    const { runnerId } = as(secret);
    expect((await keysOf(runnerId)).map(({ id }) => id)).toHaveLength(2);
    const next = made[left.indexOf(true)]?.key ?? '';
    // Whoever got another of them is in with none, and ends nothing.
    for (const { key } of made) if (key !== next) await runnerKeys.used(as(key));
    expect([await works(secret), await works(next)]).toEqual([true, true]);
    await runnerKeys.used(as(next));
    expect([await works(secret), await works(next)]).toEqual([false, true]);
  });

  it('AUTH-10 that comes late ends no key that is used meanwhile', async () => {
    const { secret, as } = await joined();
    at += LIFE - DAY;
    let next = '';
    const store = before(opened.store, async () => {
      ({ key: next } = await runnerKeys.renew(as(secret)));
      await runnerKeys.used(as(next));
    });
    const late = new RunnerKeys({ store, keys, credentials, now, lifeMs: LIFE });
    await expect(late.renew(as(secret))).rejects.toMatchObject({ code: 'unauthenticated' });
    expect([await works(secret), await works(next)]).toEqual([false, true]);
  });

  it('AUTH-10 is ended with the one that was made to follow it', async () => {
    const { secret, as } = await joined();
    at += LIFE - DAY;
    const { key: next } = await runnerKeys.renew(as(secret));
    await credentials.revoke(idOf(secret));
    expect([await works(secret), await works(next)]).toEqual([false, false]);
  });

  it('AUTH-10 is known as renewed to whoever has all of it', async () => {
    const { secret, as } = await joined();
    at += LIFE - DAY;
    const { key: next } = await runnerKeys.renew(as(secret));
    expect(await keys.renewed(secret)).toBeUndefined();
    await runnerKeys.used(as(next));
    expect(await keys.renewed(secret)).toMatchObject({ name: 'alpha', replacedBy: idOf(next) });
    expect(await keys.renewed(next)).toBeUndefined();
    // The same id with the secret of another key, and its checksum.
    const { kind, id } = parseApiKey(secret) ?? raise();
    expect(await keys.renewed(formatApiKey({ kind, id, secret: newSecret() }))).toBeUndefined();
    await runnerKeys.endOf({ ns: 'main' }, as(secret).runnerId);
    expect([await works(next), await keys.renewed(next)]).toEqual([false, undefined]);
  });

  it('AUTH-10 without an end, of an earlier version, is renewed too', async () => {
    const runnerId = newId('runner');
    const { secret } = await keys.make({ ns: 'main', kind: 'runner', name: 'alpha', runnerId });
    const as = asRunner(runnerId);
    at += LIFE * 2;
    expect(await works(secret)).toBe(true);
    expect(await runnerKeys.renewAt(idOf(secret))).toBeLessThan(at);
    const { key: next } = await runnerKeys.renew(as(secret));
    await runnerKeys.used(as(next));
    expect([await works(secret), await works(next)]).toEqual([false, true]);
    expect(await runnerKeys.renewAt(idOf(next))).toBe(at + (LIFE * 2) / 3);
  });

  it('is renewed in one commit with the line that tells of it', async () => {
    const { secret, as } = await joined();
    at += LIFE - DAY;
    const by = as(secret);
    const call: Call = { ...CALL, ns: by.ns, who: whoOf(by) };
    const { key: next } = await runnerKeys.renew({ ...by, call });
    expect(call.told).toBe(true);
    const lines = await opened.store.list<OwnedLine>({ ns: 'system', kind: 'audit', limit: 100 });
    const told: AuditLine[] = lines.map(({ value }) => value.line).filter(({ on }) => on === idOf(next));
    expect(told).toMatchObject([{ action: 'renew_key', who: { kind: 'runner', id: by.runnerId }, outcome: 'done' }]);
  });
});

const CALL = { from: { over: 'socket' }, action: 'renew_key', named: [], told: false } satisfies Omit<
  Call,
  'ns' | 'who'
>;

function idOf(secret: string): KeyId {
  return `key_${secret.split('_')[2]}`;
}

/** The store, in which something else is done first when somebody commits for the first time. */
function before(store: Store, first: () => Promise<void>): Store {
  let isFirst = true;
  return new Proxy(store, {
    get(target, name) {
      if (name === 'commit')
        return async (unit: Unit) => {
          if (isFirst) {
            isFirst = false;
            await first();
          }
          return target.commit(unit);
        };
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function raise(): never {
  throw new Error('that is no key');
}

it('AUTH-10 over a link: the welcome says when, the next link ends the key before, and whoever has only that is cut', async () => {
  const relay = await startTestRelay();
  try {
    const fresh = await TestRunner.join(relay, 'fresh');
    const { time, renewKeyAt } = await fresh.hello(relay);
    expect(renewKeyAt).toBeGreaterThan(time + 59 * DAY);
    await expect(fresh.request('renew_key', { fence: fresh.fence })).rejects.toThrow('conflict');
    fresh.socket.close();

    const runner = await TestRunner.join(relay);
    await age(relay.store, idOf(runner.key));
    const thief = new TestRunner(runner.profile, runner.key);
    expect((await thief.hello(relay)).renewKeyAt).toBeLessThan(Date.now());
    const { key } = await thief.request('renew_key', { fence: thief.fence });
    expect(thief.socket.connected).toBe(true);
    const next = new TestRunner(runner.profile, key);
    next.generation = thief.generation;
    await next.hello(relay);
    await until(() => !thief.socket.connected, 'the end of the link with the key before');
    await expect(thief.connect(relay)).rejects.toThrow('the runner alpha has renewed it, so two machines had it');
    const told = await relay.call('GET', '/api/v1/audit?outcome=refused');
    const message = expect.stringContaining('the runner alpha has renewed it') as string;
    expect((told.body as { lines: AuditLine[] }).lines).toContainEqual(
      expect.objectContaining({ reason: { code: 'unauthenticated', message } }),
    );
    const { body } = await relay.call('GET', '/api/v1/audit?action=renew_key&outcome=done');
    expect((body as { lines: AuditLine[] }).lines).toMatchObject([{ who: { id: runner.profile.id }, on: idOf(key) }]);
    next.socket.close();
  } finally {
    await relay.stop();
  }
});

/** As if the key had been made long ago, without an end. */
async function age(store: Store, id: KeyId): Promise<void> {
  for (;;) {
    const found = await store.get<Credential>('system', { kind: 'credential', id });
    if (found === undefined) throw new Error(`there is no key ${id}`);
    const { expiresAt: _, ...rest } = found.value;
    const value: Credential = { ...rest, createdAt: Date.now() - LIFE };
    const put = { kind: 'credential', id, expect: found.version, value, indexes: credentialIndexes(value) } as const;
    if ((await store.commit({ ns: 'system', put: [put] })).status === 'committed') return;
  }
}
