/** What a runner meets on a bad day: gaps between two daemons, clocks that are set, full and read-only folders, endless output. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, kill9, processesWith } from '@treeline/test-support/processes.ts';
import { OwnMachine } from '@treeline/test-support/own-machine.ts';
import { bundle } from '@treeline/test-support/programs.ts';
import { useRig } from '@treeline/test-support/rig.ts';
import { until } from '@treeline/test-support/until.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const YEAR_MS = 365 * 24 * 3600_000;
const MB = 1024 * 1024;

/** Whether this user may mount something for one process alone. */
const canMount = spawnSync('unshare', ['-m', 'true']).status === 0 && process.getuid?.() === 0;

/** Loaded first by every process of the machine: moves its clock by what the file says. */
const CLOCK = `import { readFileSync } from 'node:fs';
const right = Date;
let by = 0;
const look = () => { try { by = Number(readFileSync(process.env.TREELINE_HOME + '.clock', 'utf8')); } catch {} };
look();
setInterval(look, 50).unref();
globalThis.Date = class extends right {
  constructor(...given) { given.length === 0 ? super(right.now() + by) : super(...given); }
  static now() { return right.now() + by; }
};`;

describe('a runner on a bad day', () => {
  const held = useRig({
    store: 'embedded',
    relayEnv: { TREELINE_HEARTBEAT_MS: '1000', TREELINE_OFFLINE_AFTER_MS: '5000' },
  });
  let machine: OwnMachine;

  beforeAll(async () => {
    mkdirSync(join(held.rig.folder, 'preload'));
    const preload = join(held.rig.folder, 'preload', 'clock.mjs');
    writeFileSync(preload, CLOCK);
    machine = await OwnMachine.join(held.rig, {
      name: 'pi',
      config: { maxOutputBytes: 100_000 },
      env: { NODE_OPTIONS: `--import=${preload}` },
    });
  });
  afterAll(() => machine.run('stop', '--sessions', 'kill'));

  test('stopped in the gap after a crash, nothing of it comes back', async () => {
    await machine.start();
    kill9(machine.daemonPid);
    await machine.ok('stop');
    expect(machine.processes()).toEqual([]);
    expect(await machine.run('status')).toMatchObject({ code: 3 });
  });

  test('asked in the gap after a crash, it answers as soon as it is back', async () => {
    await machine.start();
    kill9(machine.daemonPid);
    expect((await machine.ok('list')).stdout).toBe('no session runs here\n');
    await machine.ok('stop');
  });

  test('without a runner, sessions are counted, and ended when that is wanted', async () => {
    await machine.start();
    const id = await machine.command('sleep 4719');
    await machine.running(id);
    kill9(machine.supervisorPid);
    kill9(machine.daemonPid);
    const alone = await machine.run('status');
    expect(alone).toMatchObject({ code: 3, stdout: expect.stringContaining('1 go on without it') });
    expect((await machine.ok('stop', '--sessions')).stdout).toContain('1 session: stopped');
    expect(processesWith(id)).toEqual([]);
  });

  test('a pause of one that does not run holds for its next start', async () => {
    await machine.ok('pause');
    await machine.start();
    expect((await machine.ended(await machine.command('true'))).detail).toContain('paused');
    await machine.ok('resume');
    expect(await machine.ended(await machine.command('true'))).toMatchObject({ outcome: 'completed' });
  });

  test.each([
    ['forward', YEAR_MS],
    ['back', -YEAR_MS],
  ])('a clock that is set %s by a year ends nothing, removes nothing, and shows nothing offline', async (_, by) => {
    const ended = await machine.command('true');
    await machine.ended(ended);
    const limits = { timeMs: 3_600_000, idleMs: 3_600_000 };
    const id = await machine.command('sleep 4720', limits);
    await machine.running(id);
    const worker = machine.workerPid(id);
    await writeFile(`${machine.home}.clock`, String(by));
    // It is looked at under the new clock: another one is ended by its limit.
    const short = await machine.command('sleep 4721', { timeMs: 1000 });
    expect((await machine.ended(short)).detail).toContain('limit of 1 s');
    kill9(machine.daemonPid);
    await until('the next daemon has it', async () => (await machine.list()).some(({ pid }) => pid === worker));
    const again = await machine.command('sleep 4722', { timeMs: 1000 });
    expect((await machine.ended(again)).detail).toContain('limit of 1 s');
    expect(isAlive(worker)).toBe(true);
    expect(statSync(join(machine.home, 'sessions', ended)).isDirectory()).toBe(true);
    expect((await held.rig.api.listRunners()).runners[0]).toMatchObject({ online: true });
    expect((await machine.run('status', '--json')).json()).toMatchObject({ healthy: true });
    await writeFile(`${machine.home}.clock`, '0');
    await machine.ok('stop-session', id);
  });

  test('what a session says beyond its part is not kept, and its log says so', async () => {
    const id = await machine.command(`head -c ${4 * MB} /dev/zero | tr '\\0' x | fold -w 100; exit 0`);
    expect(await machine.ended(id)).toMatchObject({ outcome: 'completed' });
    expect(statSync(join(machine.home, 'sessions', id, 'log')).size).toBeLessThan(MB);
    const { frames } = await held.rig.api.readLog({ params: { id }, query: {} });
    expect(JSON.stringify(frames)).toMatch(/the most this runner keeps of a session/);
  });

  test('a session that takes more memory than it may is stopped, and says how much', async () => {
    const greedy = `exec ${process.execPath} -e 'const b = Buffer.alloc(300 * 1024 * 1024, 1); setInterval(() => b[0]++, 100)'`;
    const id = await machine.command(greedy, { memoryBytes: 200 * MB });
    expect((await machine.ended(id)).detail).toMatch(/used \d+ MB of memory; its limit is 200 MB/);
    await until('nothing of it is left', () => processesWith(id).length === 0);
  });

  test('a log that has grown large is put aside at the start', async () => {
    await machine.ok('stop');
    const log = join(machine.home, 'logs', 'daemon.log');
    await writeFile(log, 'x'.repeat(9 * MB));
    await machine.start();
    expect(statSync(`${log}.1`).size).toBe(9 * MB);
    expect(await readFile(log, 'utf8')).toContain('daemon starts');
    expect(statSync(log).size).toBeLessThan(MB);
    await machine.ok('stop');
  });

  test('paused by its owner, it is so also after a drain and a stop', async () => {
    await machine.ok('pause');
    await machine.start();
    await machine.ok('stop', '--drain', '--timeout', '30s');
    await machine.start();
    expect((await machine.ok('status')).stdout).toContain('paused: no new sessions');
    await machine.ok('resume');
    await machine.ok('stop', '--drain', '--timeout', '30s');
    await machine.start();
    expect((await machine.ok('status')).stdout).not.toContain('paused');
    await machine.ok('stop');
  });

  test('whose name is damaged under it, its status says so, and what it does', async () => {
    await machine.start();
    const path = join(machine.home, 'runner.json');
    const before = await readFile(path, 'utf8');
    await writeFile(path, '{"id": "runner_');
    try {
      const { code, stdout } = await machine.run('status');
      expect({ code, stdout }).toMatchObject({ code: 4, stdout: expect.stringContaining('The file is not valid') });
      expect(stdout).toContain(`Process    ${machine.daemonPid}`);
    } finally {
      await writeFile(path, before);
    }
    expect(await machine.run('status')).toMatchObject({ code: 0 });
    await machine.ok('stop');
  });

  test('for pm2 it is a line to paste, and nothing is said to be installed', async () => {
    const { stdout } = await machine.ok('install', '--pm2');
    expect(stdout).toMatch(/^pm2 start .+ -- runner --home /);
    expect((await machine.ok('install', '--pm2', '--dry-run')).stdout).toBe(stdout);
  });

  describe.skipIf(!canMount)(`on a read-only disk${canMount ? '' : ' (skipped: this user may not mount)'}`, () => {
    /** A command of the runner's owner, for whom something is mounted first. */
    function afterMount(mount: string, home: string, ...words: readonly string[]) {
      const script = `${mount} && exec "${process.execPath}" "$@"`;
      return spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', bundle('treeline.mjs'), 'runner', ...words], {
        env: { ...held.rig.env, HOME: home, TREELINE_HOME: join(home, '.treeline') },
        encoding: 'utf8',
      });
    }

    test('it is not started, and says why', () => {
      const home = join(held.rig.folder, 'read-only');
      mkdirSync(home, { recursive: true });
      const mount = `mount -t tmpfs -o ro tmpfs "${home}"`;
      const why = expect.stringContaining('the file system is read-only');
      expect(afterMount(mount, home, 'start')).toMatchObject({ status: 1, stderr: why });
      expect(afterMount(mount, home, 'list')).toMatchObject({ status: 1, stderr: why });
      expect(afterMount(mount, home, 'status')).toMatchObject({ status: 3, stdout: why });
    });

    test('that has become so under it, it can be looked at and stopped', async () => {
      await machine.start();
      const home = machine.home;
      const mount = `mount --bind "${home}" "${home}" && mount -o remount,bind,ro "${home}"`;
      const here = (...words: readonly string[]) => afterMount(mount, home, ...words, '--home', home);
      const why = expect.stringContaining('the file system is read-only');
      expect(here('status')).toMatchObject({ status: 4, stdout: why });
      expect(here('list')).toMatchObject({ status: 0, stdout: expect.stringContaining('no session runs here') });
      expect(here('logs')).toMatchObject({ status: 0, stdout: expect.stringContaining('daemon starts') });
      expect(here('stop')).toMatchObject({ status: 0, stdout: expect.stringContaining('stopped') });
    });
  });
});
