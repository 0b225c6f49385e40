import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SessionId } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeContract } from '../../ports/store.contract.ts';
import type { Store } from '../../ports/store.ts';
import { bundled, openSqliteFromSources } from './from-sources.ts';
import { Sql } from './sql.ts';

const makeFolder = () => mkdtemp(join(tmpdir(), 'treeline-sqlite-'));

storeContract({
  name: 'sqlite',
  open: async () => {
    const folder = await makeFolder();
    const file = join(folder, 'relay.db');
    let store = await openSqliteFromSources(file);
    return {
      store,
      reopen: async () => {
        await store.close();
        store = await openSqliteFromSources(file);
        return store;
      },
      close: async () => {
        await store.close();
        await rm(folder, { recursive: true });
      },
    };
  },
});

describe('the file of the embedded store', () => {
  let folder: string;
  let file: string;
  const opened: Store[] = [];

  beforeEach(async () => {
    folder = await makeFolder();
    file = join(folder, 'data', 'relay.db');
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    await rm(folder, { recursive: true });
  });

  async function open(): Promise<Store> {
    const store = await openSqliteFromSources(file);
    opened.push(store);
    return store;
  }

  const put = (store: Store, id: string) =>
    store.commit({ ns: 'acme', put: [{ kind: 'session', id, expect: 0, value: 'x'.repeat(500) }] });

  it('the folder and all its files are for this user only', async () => {
    await put(await open(), 'a');
    const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
    expect(await modeOf(join(folder, 'data'))).toBe(0o700);
    const names = await readdir(join(folder, 'data'));
    expect(names).toEqual(expect.arrayContaining(['relay.db', 'relay.db-wal']));
    for (const name of names) expect(await modeOf(join(folder, 'data', name))).toBe(0o600);
  });

  it('a closed store leaves one file', async () => {
    const store = await open();
    await put(store, 'a');
    await store.close();
    expect(await readdir(join(folder, 'data'))).toEqual(['relay.db']);
  });

  it('a folder that cannot be made is named in one line with what to do', async () => {
    await writeFile(join(folder, 'data'), 'a file where the folder should be');
    const error = await openSqliteFromSources(file).catch((it: Error) => it);
    expect(error).toMatchObject({ message: expect.stringContaining(join(folder, 'data')) });
    expect(error).toMatchObject({ message: expect.stringMatching(/cannot be written .*--data-dir\.$/) });
  });

  it('a second relay on the same folder is refused until the first has closed', async () => {
    const first = await open();
    await put(first, 'a');
    await expect(openSqliteFromSources(file)).rejects.toThrow(/Another relay is using the data folder .*--data-dir\.$/);
    await first.close();
    expect(await (await open()).get('acme', { kind: 'session', id: 'a' })).toBeDefined();
  });

  it('a relay in another process holds the folder, and after its kill -9 all it acknowledged is there', async () => {
    const [writer, thread] = [await bundled('crash-writer'), await bundled('thread')];
    const child = spawn(process.execPath, [fileURLToPath(writer), file, thread.href], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    let last = '';
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => (last = line));
    for (let seen = 0; seen < 100; seen++) await once(lines, 'line');
    await expect(openSqliteFromSources(file)).rejects.toThrow('Another relay');
    child.kill('SIGKILL');
    await exited;

    const store = await open();
    const [session = '', said = '0'] = last.split(' ');
    const acknowledged = Number(said);
    const { seq } = await store.head('acme', session as SessionId);
    expect(acknowledged).toBeGreaterThanOrEqual(100);
    expect(seq).toBeGreaterThanOrEqual(acknowledged);
    expect(await store.get('acme', { kind: 'setting', id: 'n' })).toMatchObject({ value: seq, version: seq });
    const frames = await store.readLog('acme', session as SessionId, { limit: seq + 10 });
    expect(frames.map(({ first }) => first)).toEqual(Array.from({ length: seq }, (_, i) => i + 1));
  });

  it('a file that is no store is said to be damaged', async () => {
    await (await open()).close();
    await writeFile(file, 'not a database'.repeat(1000));
    await expect(openSqliteFromSources(file)).rejects.toThrow(/^The store .* is damaged .*backup/);
  });

  it('a file of a newer version is left alone', async () => {
    await (await open()).close();
    const sql = new Sql(file);
    sql.exec('PRAGMA user_version = 999');
    sql.close();
    await expect(openSqliteFromSources(file)).rejects.toThrow('newer Treeline');
  });

  it('a call that cannot be written is refused alone, with nothing of it done', async () => {
    const store = await open();
    const results = await Promise.allSettled([
      put(store, 'before'),
      store.commit({
        ns: 'acme',
        put: [{ kind: 'session', id: 'half', expect: 0, value: 1 }],
        setTimers: [{ kind: 'session', id: 'half', name: 'wake', at: Number.NaN }],
      }),
      put(store, 'after'),
    ]);
    expect(results).toMatchObject([
      { status: 'fulfilled', value: { status: 'committed' } },
      { status: 'rejected', reason: { code: 'unavailable' } },
      { status: 'fulfilled', value: { status: 'committed' } },
    ]);
    const found = await store.getMany('acme', 'session', ['before', 'half', 'after']);
    expect(found.map((record) => record !== undefined)).toEqual([true, false, true]);
    expect(await store.health()).toMatchObject({ ok: true });
  });

  it('a closed store says that it is not well', async () => {
    const store = await open();
    await store.close();
    expect(await store.health()).toMatchObject({ ok: false, backend: 'sqlite' });
  });
});
