import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identify } from '../process/identity.ts';
import { changeConfig, readConfig } from './config.ts';
import { findCredentials, readCredentials, saveCredentials } from './credentials.ts';
import { nextGeneration, raiseGeneration } from './generation.ts';
import { HomeError, homePath, openHome, type Home } from './home.ts';
import { ensureIdentity } from './identity.ts';
import { relayUrl } from './join.ts';
import { AlreadyRunning, findHolder, lockHome } from './lock.ts';
import { readRunnerState } from './state-file.ts';

let base: string;
let home: Home;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'treeline-home-'));
  home = await openHome(join(base, 'home'));
});

afterEach(() => rm(base, { recursive: true, force: true }));

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe("the runner's folder", () => {
  it('is where TREELINE_HOME says, or below the home of its user', () => {
    expect(homePath({ TREELINE_HOME: '/srv/runner' })).toBe('/srv/runner');
    expect(homePath({})).toMatch(/\/\.treeline$/);
    expect(homePath({ TREELINE_HOME: '' })).toMatch(/\/\.treeline$/);
  });

  it('is closed to other users, also when it was open', async () => {
    await chmod(home.path, 0o755);
    await openHome(home.path);
    expect(await modeOf(home.path)).toBe(0o700);
    expect(await modeOf(home.sessions)).toBe(0o700);
  });

  it('says in one line that it cannot be used', async () => {
    await writeFile(join(base, 'file'), '');
    const failure = await openHome(join(base, 'file', 'home')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HomeError);
    expect(String(failure)).toContain('a file is in its way');
  });
});

describe('the identity', () => {
  it('is made once and stays, whatever it is called', async () => {
    const first = await ensureIdentity(home);
    expect(first.id).toMatch(/^runner_/);
    expect(await ensureIdentity(home)).toEqual(first);
    expect(await ensureIdentity(home, 'kitchen pi')).toEqual({ id: first.id, name: 'kitchen pi' });
    expect(await ensureIdentity(home)).toEqual({ id: first.id, name: 'kitchen pi' });
  });

  it('is never made anew over a damaged file', async () => {
    await writeFile(home.identity, '{"id": "runner_');
    await expect(ensureIdentity(home)).rejects.toThrow(HomeError);
    expect(await readFile(home.identity, 'utf8')).toBe('{"id": "runner_');
  });
});

describe('credentials', () => {
  it('are readable by their owner only', async () => {
    await expect(readCredentials(home)).rejects.toThrow('has not joined a relay');
    await saveCredentials(home, { relays: ['https://relay.example'], key: 'k' });
    expect(await modeOf(home.credentials)).toBe(0o600);
    expect(await findCredentials(home)).toEqual({ relays: ['https://relay.example'], key: 'k' });
  });
});

describe('the configuration', () => {
  it('has defaults, and keeps what it was not told to change', async () => {
    expect((await readConfig(home)).capacity).toBeGreaterThanOrEqual(8);
    await changeConfig(home, { capacity: 3 });
    await changeConfig(home, { labels: { gpu: 'yes' } });
    expect(await readConfig(home)).toMatchObject({ capacity: 3, labels: { gpu: 'yes' } });
    expect(JSON.parse(await readFile(home.config, 'utf8'))).toEqual({ capacity: 3, labels: { gpu: 'yes' } });
  });

  it('names the field that is wrong', async () => {
    await writeFile(home.config, '{"capacity": "many"}');
    await expect(readConfig(home)).rejects.toThrow(/capacity/);
  });

  it('takes packages from a registry or a folder, and no login in the URL', async () => {
    expect((await readConfig(home)).packageSource).toBeUndefined();
    const withSource = (source: object) => writeFile(home.config, JSON.stringify({ packageSource: source }));
    await withSource({ registry: 'https://me:secret@npm.example' });
    const refused = await readConfig(home).catch(String);
    expect(refused).toContain('leave the login out of the URL');
    expect(refused).not.toContain('secret');
    await withSource({ registry: 'https://npm.example', folder: '/srv/packages' });
    await expect(readConfig(home)).rejects.toThrow('a registry or a folder, not both');
  });
});

describe('the generation', () => {
  it('grows with every start, also over a damaged file', async () => {
    await writeFile(home.generation, '1');
    expect(await raiseGeneration(home)).toBe(2);
    expect(await raiseGeneration(home)).toBe(3);
    await writeFile(home.generation, 'garb');
    const afterDamage = await raiseGeneration(home);
    expect(afterDamage).toBeGreaterThan(1_700_000_000);
    expect(await raiseGeneration(home)).toBe(afterDamage + 1);
  });

  it.each([undefined, '', '-1', '1e9', '0', '12 13'])('takes %j for lost or damaged', (text) => {
    expect(nextGeneration(text, 5000)).toBe(5000);
  });
});

describe('the state file', () => {
  it('that is damaged is as one that is not there', async () => {
    await writeFile(home.state, 'x');
    expect(await readRunnerState(home)).toBeUndefined();
  });
});

describe('the lock', () => {
  it('lets one daemon in and tells the other who it is', async () => {
    const unlock = await lockHome(home);
    const refusal = await lockHome(home).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AlreadyRunning);
    expect(String(refusal)).toContain(`process ${process.pid}`);
    await unlock();
    expect(await findHolder(home)).toBeUndefined();
    await (
      await lockHome(home)
    )();
  });

  it('lets exactly one of many in that come at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockHome(home)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.each([
    ['empty', ''],
    ['garbage', '\0\0\0{'],
    ['of something else', '{"pid": "12"}'],
  ])('that is %s holds nobody up', async (_, content) => {
    await writeFile(home.lock, content);
    await (
      await lockHome(home)
    )();
  });

  it('of a dead process, or of a pid that is used again, holds nobody up', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const identity = identify(child.pid ?? 0);
    await writeFile(home.lock, JSON.stringify({ ...identity, since: 1 }));
    await expect(lockHome(home)).rejects.toThrow(`process ${child.pid}`);
    await writeFile(home.lock, JSON.stringify({ ...identity, startTime: '1', since: 1 }));
    await (
      await lockHome(home)
    )();
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    await writeFile(home.lock, JSON.stringify({ ...identity, since: 1 }));
    await (
      await lockHome(home)
    )();
  });

  it('is taken over from one who died in the middle of taking it', async () => {
    await mkdir(`${home.lock}.taking`);
    await (
      await lockHome(home)
    )();
  });

  it('is taken over from one who died in taking it before the clock was set back by a year', async () => {
    await mkdir(`${home.lock}.taking`);
    const future = new Date(Date.now() + 365 * 24 * 3600_000);
    await utimes(`${home.lock}.taking`, future, future);
    await (
      await lockHome(home)
    )();
  });

  it('of a supervisor is another one than that of a daemon', async () => {
    const unlock = await lockHome(home, 'supervisor');
    expect(await findHolder(home)).toBeUndefined();
    await expect(lockHome(home, 'supervisor')).rejects.toThrow('A supervisor for');
    await unlock();
    expect(await findHolder(home, 'supervisor')).toBeUndefined();
  });
});

describe("a relay's URL", () => {
  it.each([
    ['https://relay.example/', 'https://relay.example'],
    ['wss://relay.example', 'https://relay.example'],
    ['http://127.0.0.1:7460', 'http://127.0.0.1:7460'],
    ['http://localhost:7460/x', 'http://localhost:7460'],
    ['http://[::1]:7460', 'http://[::1]:7460'],
  ])('%s is %s', (text, url) => expect(relayUrl(text, false)).toBe(url));

  it.each(['http://relay.example', 'http://127.0.0.1.evil.example', 'http://10.0.0.5:7460', 'ws://relay.example'])(
    '%s is refused, because it is not encrypted, unless that is wanted',
    (text) => {
      expect(() => relayUrl(text, false)).toThrow('not encrypted');
      expect(relayUrl(text, true)).toMatch(/^http:/);
    },
  );

  it.each(['relay.example', 'ftp://relay.example', 'https://a:b@relay.example', 'https://relay.example/?token=x'])(
    '%s is refused',
    (text) => expect(() => relayUrl(text, true)).toThrow(HomeError),
  );
});
