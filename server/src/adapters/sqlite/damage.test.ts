/** Really damaged files: what can be read goes on, what is missing is told, the originals are put aside. */
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type Frame, type SessionId } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../ports/store.ts';
import { openSqliteFromSources } from './from-sources.ts';
import { PAGE_SIZE } from './salvage/pages.ts';
import { Sql } from './sql.ts';

const NS = 'acme';
const SESSIONS = 40;
const FRAMES = 30;
const ITEMS = 6;

const sessions: SessionId[] = Array.from({ length: SESSIONS }, () => newId('session'));

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treeline-damage-'));
  file = join(folder, 'relay.db');
});
afterEach(() => rm(folder, { recursive: true }));

function frame(session: SessionId, n: number): Frame {
  // Every tenth needs pages of its own.
  const text = 'é'.repeat(n % 10 === 0 ? 20_000 : 200);
  const body = JSON.stringify([{ n, text }, { n }]);
  return { id: newId('frame'), session, epoch: 1, first: 2 * n - 1, count: 2, kind: 'events', body };
}

async function fill(store: Store): Promise<void> {
  for (const [at, session] of sessions.entries()) {
    await store.raiseFence(NS, `runner_${at}`);
    await store.commit({
      ns: NS,
      put: [
        { kind: 'session', id: session, expect: 0, value: { at, pad: 'x'.repeat(700) }, indexes: { root: session } },
      ],
      setTimers: [{ kind: 'session', id: session, name: 'wake', at: 1000 + at }],
      inbox: Array.from({ length: ITEMS }, (_, n) => ({
        session,
        item: {
          id: newId('message'),
          at: n,
          kind: 'prompt',
          text: 'y'.repeat(300),
          deliverAs: 'steer',
          from: { kind: 'relay' },
        },
      })),
      frames: Array.from({ length: FRAMES }, (_, n) => frame(session, n + 1)),
    });
  }
}

async function filled(): Promise<void> {
  const store = await openSqliteFromSources(file);
  await fill(store);
  await store.close();
}

/** What a store still has of what `fill` wrote. */
async function found(store: Store) {
  const records = await store.list<{ at: number }>({ ns: NS, kind: 'session', limit: 1000 });
  const indexed = await Promise.all(
    sessions.map(
      async (id) => (await store.list({ ns: NS, kind: 'session', index: 'root', value: id, limit: 2 })).length,
    ),
  );
  const frames = await Promise.all(sessions.map((id) => store.readLog(NS, id, { limit: 1000 })));
  const inbox = await Promise.all(sessions.map((id) => store.readInbox(NS, id, 0, 1000)));
  for (const list of frames) for (const { body, count } of list) expect(JSON.parse(body)).toHaveLength(count);
  return {
    records: records.length,
    indexed: indexed.reduce((sum, n) => sum + n, 0),
    frames: frames.reduce((sum, list) => sum + list.length, 0),
    inbox: inbox.reduce((sum, list) => sum + list.length, 0),
  };
}

/** Pages of a table or an index, from SQLite's own list of roots and the pages below them. */
function leavesOf(table: string): number[] {
  // Of a copy: the driver would hold on to the file itself.
  const copy = join(mkdtempSync(join(folder, 'look-')), 'copy.db');
  copyFileSync(file, copy);
  const sql = new Sql(copy);
  const root = sql.row<[number]>('SELECT rootpage FROM sqlite_schema WHERE name = ?', table)?.[0] ?? 0;
  sql.close();
  const bytes = readFileSync(file);
  const below = (number: number): number[] => {
    const at = (number - 1) * PAGE_SIZE;
    const type = bytes[at];
    if (type === 0x0a || type === 0x0d) return [number];
    const count = bytes.readUInt16BE(at + 3);
    const children = Array.from({ length: count }, (_, n) =>
      bytes.readUInt32BE(at + bytes.readUInt16BE(at + 12 + 2 * n)),
    );
    return [...children, bytes.readUInt32BE(at + 8)].flatMap(below);
  };
  return below(root);
}

function overwrite(offset: number, bytes: Uint8Array): void {
  const content = readFileSync(file);
  content.set(bytes, offset);
  writeFileSync(file, content);
}

const noise = (length: number) => Uint8Array.from({ length }, (_, n) => (n * 167 + 41) % 256);

const WHOLE = { records: SESSIONS, indexed: SESSIONS, frames: SESSIONS * FRAMES, inbox: SESSIONS * ITEMS };

async function reopened() {
  const store = await openSqliteFromSources(file);
  const health = await store.health();
  return { store, health, has: await found(store) };
}

function asideFolders(): string[] {
  const aside = join(folder, '.corrupt');
  return existsSync(aside) ? readdirSync(aside) : [];
}

describe('a damaged store', () => {
  it('a sound one is left as it is', async () => {
    await filled();
    const { store, health, has } = await reopened();
    expect(has).toEqual(WHOLE);
    expect(health).not.toHaveProperty('recovered');
    expect(asideFolders()).toEqual([]);
    await store.close();
  });

  it.each(['record', 'index_entry', 'timer', 'fence', 'owner', 'sqlite_autoindex_owner_1', 'inbox', 'frame'])(
    'with noise on a page of %s it loses at most what was there, says so, and takes writes again',
    async (table) => {
      await filled();
      const leaves = leavesOf(table);
      const leaf = leaves[Math.floor(leaves.length / 2)] ?? 0;
      overwrite((leaf - 1) * PAGE_SIZE, noise(PAGE_SIZE));
      const damaged = readFileSync(file);

      const { store, health, has } = await reopened();
      expect(health).toMatchObject({
        ok: true,
        recovered: { verdict: 'corrupt', lost: expect.stringMatching(/1 unreadable page/) },
      });
      // The damaged page held a part of its own table, and nothing of any other.
      const kept = { record: 0.5, frame: 0.9, inbox: 0.5 }[table] ?? 1;
      const whole = { record: WHOLE.records, frame: WHOLE.frames, inbox: WHOLE.inbox };
      const left = { record: has.records, frame: has.frames, inbox: has.inbox };
      for (const name of ['record', 'frame', 'inbox'] as const) {
        expect(left[name]).toBeGreaterThanOrEqual(whole[name] * (name === table ? kept : 1));
      }
      expect(has.indexed).toBe(has.records);

      const [name = ''] = asideFolders();
      expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-corrupt$/);
      expect(readFileSync(join(folder, '.corrupt', name, 'relay.db')).equals(damaged)).toBe(true);
      expect(statSync(join(folder, '.corrupt', name)).mode & 0o777).toBe(0o700);
      expect(statSync(join(folder, '.corrupt', name, 'relay.db')).mode & 0o777).toBe(0o600);

      const put = { kind: 'setting', id: 'later', expect: 0, value: 1 } as const;
      expect(await store.commit({ ns: NS, put: [put] })).toMatchObject({ status: 'committed' });
      await store.close();
      // Told as long as the originals lie there, and not recovered again.
      const again = await reopened();
      expect(again.has).toEqual(has);
      expect(again.health.recovered).toMatchObject({ at: health.recovered?.at });
      expect(asideFolders()).toHaveLength(1);
      await again.store.close();
    },
  );

  it('names the records that an index still knows, and the gaps in logs', async () => {
    await filled();
    for (const table of ['record', 'frame']) {
      const leaves = leavesOf(table);
      overwrite(((leaves[1] ?? 0) - 1) * PAGE_SIZE, noise(PAGE_SIZE));
    }
    const { store, health, has } = await reopened();
    const records = SESSIONS - has.records;
    const lost = health.recovered?.lost ?? '';
    expect(lost).toContain(records === 1 ? '1 record,' : `${records} records,`);
    expect(lost).toContain(`${2 * (WHOLE.frames - has.frames)} events`);
    const report: unknown = JSON.parse(readFileSync(join(health.recovered?.aside ?? '', 'report.json'), 'utf8'));
    expect(report).toMatchObject({
      missing: { records: expect.arrayContaining([expect.stringMatching(/^session ses_/)]) },
    });
    await store.close();
  });

  it('with a bit turned in each of many pages it goes on, and what it returns is what was written', async () => {
    await filled();
    const pages = Math.floor(statSync(file).size / PAGE_SIZE);
    for (let page = 8; page < pages; page += 9) overwrite((page - 1) * PAGE_SIZE + 3, Uint8Array.of(0xff));
    const { store, health, has } = await reopened();
    expect(health.recovered?.verdict).toBe('corrupt');
    expect(has.frames).toBeGreaterThan(WHOLE.frames / 2);
    await store.close();
  });

  it.each([0.9, 0.5])('cut to %d of its length it keeps what is before the cut', async (part) => {
    await filled();
    truncateSync(file, Math.floor(statSync(file).size * part) - 100);
    const { store, health, has } = await reopened();
    expect(health.recovered).toMatchObject({ verdict: 'corrupt' });
    expect(has.frames).toBeGreaterThan(WHOLE.frames * (part - 0.35));
    expect(has.frames).toBeLessThan(WHOLE.frames);
    await store.close();
  });

  it('with garbage for a header, and for the whole first page, it keeps everything', async () => {
    await filled();
    overwrite(0, noise(100));
    const first = await reopened();
    expect(first.has).toEqual(WHOLE);
    expect(first.health.recovered).toMatchObject({ verdict: 'not-a-database' });
    await first.store.close();
    overwrite(100, noise(PAGE_SIZE - 100));
    const second = await reopened();
    expect(second.has).toEqual(WHOLE);
    await second.store.close();
  });

  it('the write-ahead log and the journal that a crash left behind are read too', async () => {
    const store = await openSqliteFromSources(file);
    await fill(store);
    const names = readdirSync(folder);
    const copies = names.map((name) => [join(folder, name), readFileSync(join(folder, name))] as const);
    await store.close();
    expect(names.toSorted()).toEqual(['relay.db', 'relay.db-redo', 'relay.db-wal']);
    for (const [path, bytes] of copies) writeFileSync(path, bytes);
    overwrite(0, noise(100));
    const after = await reopened();
    expect(after.has).toEqual(WHOLE);
    await after.store.close();
    expect(readdirSync(folder)).not.toContain('relay.db-redo');
  });

  it('without its write-ahead log, it has what the file holds and never fails to open', async () => {
    const store = await openSqliteFromSources(file);
    await fill(store);
    const main = readFileSync(file);
    await store.close();
    writeFileSync(file, main);
    rmSync(`${file}-wal`, { force: true });
    const after = await reopened();
    expect(after.has.indexed).toBe(after.has.records);
    expect(after.has.frames).toBeLessThanOrEqual(WHOLE.frames);
    await after.store.close();
  });

  it.each([
    ['garbage', () => writeFileSync(file, noise(200_000))],
    ['an empty file', () => truncateSync(file, 0)],
    ['text', () => writeFileSync(file, 'not a database'.repeat(1000))],
  ])('%s in its place is refused in one line, changed by nobody, and copied nowhere', async (_, damage) => {
    await filled();
    damage();
    const before = readFileSync(file);
    for (let attempt = 0; attempt < 2; attempt++) {
      const error = await openSqliteFromSources(file).catch((it: Error) => it);
      expect(error).toMatchObject({
        message: expect.stringMatching(/^The store .* is damaged .*treeline relay restore/),
      });
      expect((error as Error).message.split('\n')).toHaveLength(1);
    }
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(asideFolders()).toEqual([]);
  });

  it('what was removed from a log is known after a recovery, and is no gap', async () => {
    const store = await openSqliteFromSources(file);
    await fill(store);
    const [session] = sessions as [SessionId];
    await store.trimLog(NS, session, { epoch: 1, seq: 20 });
    await store.close();
    overwrite(0, noise(100));
    const after = await openSqliteFromSources(file);
    expect(await after.trimmedTo(NS, session)).toEqual({ epoch: 1, seq: 20 });
    expect((await after.readLog(NS, session, { limit: 1 }))[0]).toMatchObject({ first: 21 });
    expect(await after.health()).toMatchObject({ recovered: { lost: expect.not.stringContaining('event') } });
    await after.close();
  });

  it('what is torn apart is made whole: counts, and the times at which questions go on', async () => {
    const store = await openSqliteFromSources(file);
    await fill(store);
    const [parent, lost, child] = [newId('session'), newId('session'), newId('session')];
    const session = (id: SessionId, parentId: SessionId | null, more: object) => {
      const value = { id, parentId, liveChildren: 5, treeLive: 9, ...more };
      const indexes = { live: 'yes', root: parent, ...(parentId === null ? {} : { parent: parentId }) };
      return { kind: 'session', id, expect: 0, value, indexes } as const;
    };
    const trigger = (id: string, value: object) => ({ kind: 'trigger', id, expect: 0, value }) as const;
    const put = [
      session(parent, null, {}),
      session(child, parent, {}),
      trigger('trg_1', { state: { state: 'created' }, parentId: parent, escalatesAt: 50, expiresAt: 90 }),
      trigger('trg_2', { state: { state: 'delivered' }, parentId: lost, escalatesAt: 60 }),
      trigger('trg_3', { state: { state: 'answered' }, parentId: parent, expiresAt: 90 }),
    ];
    expect(await store.commit({ ns: NS, put })).toMatchObject({ status: 'committed' });
    await store.close();
    for (const leaf of leavesOf('timer')) overwrite((leaf - 1) * PAGE_SIZE, noise(PAGE_SIZE));
    overwrite(0, noise(100));

    const after = await openSqliteFromSources(file);
    const due = (await after.claimDue(99, 100, 1)).map(({ id, name, at }) => ({ id, name, at }));
    expect(due).toEqual([
      { id: 'trg_2', name: 'escalate', at: 0 },
      { id: 'trg_1', name: 'escalate', at: 50 },
      { id: 'trg_1', name: 'expire', at: 90 },
    ]);
    const counts = await after.getMany(NS, 'session', [parent, child]);
    expect(counts).toMatchObject([
      { value: { liveChildren: 1, treeLive: 2 } },
      { value: { liveChildren: 0, treeLive: 0 } },
    ]);
    await after.close();
  });

  it('damage that is met while it runs makes it not well, and the next start recovers', async () => {
    await filled();
    const leaf = leavesOf('frame')[1] ?? 0;
    const store = await openSqliteFromSources(file);
    // So much more that SQLite keeps none of the old pages in memory.
    const other = newId('session');
    for (let n = 0; n < 40; n++) {
      const body = JSON.stringify(['z'.repeat(400_000)]);
      await store.append(NS, [
        { id: newId('frame'), session: other, epoch: 1, first: n + 1, count: 1, kind: 'events', body },
      ]);
    }
    overwrite((leaf - 1) * PAGE_SIZE, noise(PAGE_SIZE));
    await expect(found(store)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await store.health()).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/damaged .*restart the relay/),
    });
    await store.close();
    const after = await reopened();
    expect(after.health).toMatchObject({ ok: true, recovered: { verdict: 'corrupt' } });
    expect(after.has.frames).toBeGreaterThan(WHOLE.frames * 0.9);
    await after.store.close();
  });

  it('a recovery cut short by a crash is ended by the next start', async () => {
    await filled();
    const sound = readFileSync(file);
    overwrite(0, noise(50_000));
    writeFileSync(`${file}.recovered`, sound);
    writeFileSync(`${file}-wal`, noise(50_000));
    const { store, has } = await reopened();
    expect(has).toEqual(WHOLE);
    await store.close();
    expect(readdirSync(folder)).toEqual(['relay.db']);
  });
});
