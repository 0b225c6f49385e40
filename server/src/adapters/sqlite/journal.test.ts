import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type SessionId } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../ports/store.ts';
import { restore } from './backup.ts';
import { openSqliteFromSources } from './from-sources.ts';
import { type Entry, frontOf, Journal, journalOf, readJournal } from './journal.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treeline-journal-'));
});
afterEach(() => rm(folder, { recursive: true }));

const textOf = ({ bytes }: Entry): string => bytes.toString();

describe('the journal as a file', () => {
  const LINEAGE = 77;
  const path = () => join(folder, 'redo');
  const noted = { lineage: LINEAGE, applied: 0 };
  const begin = () => new Journal(path(), { noted, entries: [], end: 0 });
  const read = (applied = 0) => {
    const { entries, damaged } = readJournal(path(), { lineage: LINEAGE, applied });
    return { calls: entries.map(textOf), seqs: entries.map(({ seq }) => seq), damaged };
  };

  /** Where each entry begins, and the end. */
  function filled(calls: readonly string[]): number[] {
    const journal = begin();
    const offsets = [0];
    for (const call of calls) {
      journal.append(Buffer.from(call));
      offsets.push(journal.size);
    }
    journal.close({ remove: false });
    return offsets;
  }

  function change(offset: number, bytes: Uint8Array): void {
    const content = readFileSync(path());
    content.set(bytes, offset);
    writeFileSync(path(), content);
  }

  it('gives back what was written, in order, for this user only', () => {
    const calls = ['a é', '\0', 'z'.repeat(100_000)];
    filled(calls);
    expect(read()).toEqual({ calls, seqs: [1, 2, 3], damaged: false });
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it('nothing is read of a file that is not there, empty, or zeros', () => {
    expect(read().calls).toEqual([]);
    for (const content of [Buffer.alloc(0), Buffer.alloc(5), Buffer.alloc(5000)]) {
      writeFileSync(path(), content);
      expect(read()).toEqual({ calls: [], seqs: [], damaged: false });
    }
  });

  it('a torn end costs the unfinished entry alone, and the next takes its place', () => {
    const [, , third = 0, end = 0] = filled(['first', 'second', 'third']);
    for (const cut of [third, third + 1, third + 19, end - 1]) {
      truncateSync(path(), cut);
      expect(read()).toEqual({ calls: ['first', 'second'], seqs: [1, 2], damaged: false });
      const journal = new Journal(path(), readJournal(path(), noted));
      journal.append(Buffer.from('third'));
      journal.close({ remove: false });
      expect(read()).toEqual({ calls: ['first', 'second', 'third'], seqs: [1, 2, 3], damaged: false });
    }
  });

  it.each([
    ['its calls', 22],
    ['its checksum', 5],
    ['its length', 2],
    ['its number', 15],
  ])('an entry before others that cannot be read for %s is told, the others are read', (_, inside) => {
    const [, second = 0] = filled(['first', 'second', 'third', 'fourth']);
    change(second + inside, Uint8Array.of(255));
    expect(read()).toEqual({ calls: ['first', 'third', 'fourth'], seqs: [1, 3, 4], damaged: true });
    change(inside, Uint8Array.of(255));
    expect(read()).toEqual({ calls: ['third', 'fourth'], seqs: [3, 4], damaged: true });
  });

  it('a first entry that was cut short over those of an earlier round is nothing', () => {
    const old = begin();
    for (const call of ['old 1', 'old 2', 'old 3']) old.append(Buffer.from(call));
    old.restart();
    old.append(Buffer.from('new 4'));
    old.close({ remove: false });
    change(22, Uint8Array.of(255));
    expect(read(3)).toEqual({ calls: [], seqs: [], damaged: false });
  });

  it('what was written and not acknowledged is not repeated, and the next entry takes its place', () => {
    const journal = begin();
    journal.append(Buffer.from('first'));
    const other = new Journal(path(), readJournal(path(), noted));
    other.append(Buffer.from('its flush failed'));
    other.close({ remove: false });
    expect(journal.read(0).map(textOf)).toEqual(['first']);
    journal.append(Buffer.from('second'));
    journal.close({ remove: false });
    expect(read().calls).toEqual(['first', 'second']);
  });

  it('what an earlier round left behind the last entry is not read', () => {
    const journal = begin();
    for (const call of ['old', 'old', 'old']) journal.append(Buffer.from(call));
    journal.restart();
    journal.append(Buffer.from('new'));
    journal.close({ remove: false });
    expect(read()).toEqual({ calls: ['new'], seqs: [4], damaged: false });
  });
});

describe('a store that was killed', () => {
  const NS = 'acme';
  const session = newId('session');
  const file = () => join(folder, 'relay.db');
  const write = (store: Store, n: number) =>
    store.commit({
      ns: NS,
      put: [{ kind: 'setting', id: 'n', expect: n - 1, value: n, indexes: { all: 'yes' } }],
      frames: [{ id: newId('frame'), session, epoch: 1, first: n, count: 1, kind: 'fact', body: `[${n}]` }],
    });

  const inJournal = () => {
    const { lineage, seq } = frontOf(journalOf(file())) ?? { lineage: 0, seq: 1 };
    return readJournal(journalOf(file()), { lineage, applied: seq - 1 }).entries;
  };

  /** What a kill would leave: a copy of all files at that moment. */
  async function killed(work: (store: Store) => Promise<unknown>): Promise<Map<string, Buffer>> {
    const store = await openSqliteFromSources(file());
    await work(store);
    const paths = [file(), `${file()}-wal`, journalOf(file())].filter((path) => existsSync(path));
    const left = new Map(paths.map((path) => [path, readFileSync(path)]));
    await store.close();
    return left;
  }

  const leave = (files: Map<string, Buffer>) => {
    for (const [path, bytes] of files) writeFileSync(path, bytes);
  };
  const writeMany = async (store: Store, from: number, to: number) => {
    for (let n = from; n <= to; n++) expect(await write(store, n)).toMatchObject({ status: 'committed' });
  };

  async function expectAll(count: number): Promise<void> {
    const store = await openSqliteFromSources(file());
    expect(await store.get(NS, { kind: 'setting', id: 'n' })).toEqual({ id: 'n', version: count, value: count });
    const frames = await store.readLog(NS, session, { limit: count + 10 });
    expect(frames.map(({ first }) => first)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    expect(await store.raiseFence(NS, 'f')).toBe(3);
    await store.close();
  }

  it('has all that it acknowledged, once, also when it is killed again before it could commit it', async () => {
    const left = await killed(async (store) => {
      await store.raiseFence(NS, 'f');
      await writeMany(store, 1, 20);
      await store.raiseFence(NS, 'f');
    });
    expect(inJournal()).toEqual([]);
    leave(left);
    expect(inJournal()).toHaveLength(22);
    leave(await killed(() => Promise.resolve()));
    await expectAll(20);
  });

  it('has all of it when its write-ahead log was lost by a power cut', async () => {
    const left = await killed(async (store) => {
      await store.raiseFence(NS, 'f');
      await store.raiseFence(NS, 'f');
      await writeMany(store, 1, 20);
    });
    left.delete(`${file()}-wal`);
    leave(left);
    await expectAll(20);
  });

  it('has all of it when a power cut shortened its write-ahead log just after the journal had begun again', async () => {
    const wal = `${file()}-wal`;
    const left = await killed(async (store) => {
      await store.raiseFence(NS, 'f');
      await store.raiseFence(NS, 'f');
      // Some of the last ones fill the journal, after two commits of the tables.
      for (let n = 1; n <= 300; n++) {
        await writeMany(store, n, n);
        await store.commit({
          ns: NS,
          put: [{ kind: 'setting', id: `large ${n}`, expect: 0, value: 'x'.repeat(14_000) }],
        });
        if (n === 100 || n === 200) await store.backup?.(join(folder, `backup ${n}.db`));
      }
    });
    const whole = left.get(wal) ?? Buffer.alloc(0);
    for (const part of [0.2, 0.5, 0.8]) {
      leave(left);
      writeFileSync(wal, whole.subarray(0, Math.floor(whole.length * part)));
      const store = await openSqliteFromSources(file());
      expect((await store.health()).recovered).toBeUndefined();
      expect(await store.get(NS, { kind: 'setting', id: 'n' })).toMatchObject({ value: 300 });
      expect(await store.readLog(NS, session, { limit: 400 })).toHaveLength(300);
      await store.close();
    }
  });

  it('goes on over the front of its journal, again and again', async () => {
    const text = 'x'.repeat(400_000);
    const id = newId('session') as SessionId;
    const left = await killed(async (store) => {
      await store.raiseFence(NS, 'f');
      await writeMany(store, 1, 10);
      for (let n = 1; n <= 40; n++) {
        const body = JSON.stringify([text]);
        await store.append(NS, [
          { id: newId('frame'), session: id, epoch: 1, first: n, count: 1, kind: 'events', body },
        ]);
      }
      await store.raiseFence(NS, 'f');
      await writeMany(store, 11, 20);
    });
    expect(left.get(journalOf(file()))?.length).toBeLessThan(6 * 1024 * 1024);
    leave(left);
    await expectAll(20);
    const store = await openSqliteFromSources(file());
    expect(await store.readLog(NS, id, { limit: 100 })).toHaveLength(40);
    await store.close();
  });

  it('a call that fails undoes nothing that was acknowledged before', async () => {
    const store = await openSqliteFromSources(file());
    await store.raiseFence(NS, 'f');
    await store.raiseFence(NS, 'f');
    await writeMany(store, 1, 5);
    const put = { kind: 'session', id: 'half', expect: 0, value: 1 } as const;
    const timer = { kind: 'session', id: 'half', name: 'wake', at: Number.NaN } as const;
    await expect(store.commit({ ns: NS, put: [put], setTimers: [timer] })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(await store.get(NS, { kind: 'setting', id: 'n' })).toMatchObject({ value: 5 });
    await writeMany(store, 6, 10);
    await store.close();
    await expectAll(10);
  });

  it('an entry of its journal that cannot be read is told, the rest goes on', async () => {
    const left = await killed(async (store) => {
      await store.raiseFence(NS, 'f');
      await writeMany(store, 1, 3);
      await store.raiseFence(NS, 'lost');
      await store.raiseFence(NS, 'f');
      await writeMany(store, 4, 6);
    });
    const content = left.get(journalOf(file())) as Buffer;
    left.delete(`${file()}-wal`);
    leave(left);
    const lost = inJournal()[4]?.bytes as Buffer;
    content.set(Uint8Array.of(255), content.indexOf(lost) + 5);
    leave(left);
    const store = await openSqliteFromSources(file());
    expect(await store.health()).toMatchObject({
      ok: true,
      recovered: { verdict: 'journal', lost: 'a part of its last moments', aside: expect.stringContaining('.corrupt') },
    });
    await store.close();
    await expectAll(6);
  });

  it('tells of an entry that cannot be read once, also when it is killed again', async () => {
    const left = await killed((store) => writeMany(store, 1, 6));
    const content = left.get(journalOf(file())) as Buffer;
    leave(left);
    content.set(Uint8Array.of(255), content.indexOf(inJournal()[0]?.bytes as Buffer) + 5);
    leave(left);
    leave(await killed(() => Promise.resolve()));
    await (await openSqliteFromSources(file())).close();
    expect(readdirSync(join(folder, '.corrupt'))).toHaveLength(1);
  });

  it('a journal that belongs to another state or another store is refused in one line', async () => {
    const early = await killed((store) => writeMany(store, 1, 3));
    const late = await killed((store) => writeMany(store, 4, 6));
    const [mixed, journal] = [early, new Map([...late].filter(([path]) => path === journalOf(file())))];
    mixed.delete(journalOf(file()));
    leave(mixed);
    leave(journal);
    await expect(openSqliteFromSources(file())).rejects.toThrow(/is the journal of a later state of this store/);

    for (const path of [file(), `${file()}-wal`, journalOf(file())]) await rm(path, { force: true });
    await (await openSqliteFromSources(file())).close();
    leave(journal);
    const error = await openSqliteFromSources(file()).catch((it: Error) => it);
    expect(error).toMatchObject({
      message: expect.stringMatching(/is the journal of another store.*move the journal/),
    });
    expect((error as Error).message.split('\n')).toHaveLength(1);
  });

  it('whose file is missing begins anew only when what belongs to it is missing too', async () => {
    leave(await killed((store) => writeMany(store, 1, 3)));
    for (const path of [file(), `${file()}-wal`]) await rm(path, { force: true });
    await expect(openSqliteFromSources(file())).rejects.toThrow(
      /is missing, and what belongs to it .* move these away/,
    );
    expect(existsSync(file())).toBe(false);
    await rm(journalOf(file()));
    await (await openSqliteFromSources(file())).close();
  });

  it('is moved aside with its journal when a backup takes its place', async () => {
    const backup = join(folder, 'backup.db');
    const left = await killed(async (store) => {
      await store.raiseFence(NS, 'f');
      await store.raiseFence(NS, 'f');
      await writeMany(store, 1, 3);
      await store.backup?.(backup);
      await writeMany(store, 4, 6);
    });
    leave(left);
    const { replaced = '' } = restore({ from: backup, file: file(), replace: true });
    expect(readdirSync(replaced)).toEqual(expect.arrayContaining(['relay.db', 'relay.db-redo']));
    await expectAll(3);
  });
});
