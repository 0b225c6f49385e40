/** Another version of Treeline under a runner that runs: from a package, or a source of them, with sessions that do not notice. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CliResult } from '@treeline/test-support/cli.ts';
import { type NpmRegistry, startNpmRegistry } from '@treeline/test-support/npm-registry.ts';
import { makeOwnPackage, packFile } from '@treeline/test-support/own-package.ts';
import { isAlive } from '@treeline/test-support/processes.ts';
import { useRig } from '@treeline/test-support/rig.ts';
import { until } from '@treeline/test-support/until.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

interface Row {
  readonly pid: number;
}

const TOKEN = 'npm_5ecret-0f-the-registry';

describe('an upgrade', () => {
  const held = useRig({ store: 'embedded' });
  let home = '';
  let worker = 0;
  const cli = (...args: string[]): Promise<CliResult> => held.rig.cli(args, { env: { TREELINE_HOME: home } });
  const pids = async () => (await cli('runner', 'list', '--json')).json<Row[]>().map(({ pid }) => pid);
  const version = async () => {
    const shown = (await cli('runner', 'status', '--json')).json<{ online: boolean; state: { version: string } }>();
    return shown.online && shown.state.version;
  };
  const configure = (config: object) => writeFileSync(join(home, 'config.json'), JSON.stringify(config));

  /** Newer than any before it, also in another try of the same test. */
  let made = 0;
  const nextVersion = () => `9.9.${++made}`;
  const makePackage = (name: string, of: { version: string; change?: (source: string) => string }) =>
    makeOwnPackage({ folder: join(held.rig.folder, 'packages'), name, ...of });
  /** Runs, says its version, and its daemon does not start. */
  const lame = (source: string) =>
    source.replace(/word === ["']_daemon["']/, (condition) => `(${condition} && process.exit(3))`);

  beforeAll(async () => {
    home = join(held.rig.folder, 'machine');
    const { secret } = (await held.rig.cli(['key', 'create', 'm', '--join', '--json'])).json<{ secret: string }>();
    await held.rig.cli(['runner', 'join', held.rig.relay.url, '--token-file', '-'], {
      env: { TREELINE_HOME: home },
      stdin: secret,
    });
    const started = await cli('runner', 'start', '--timeout', '30s');
    if (started.code !== 0) throw new Error(started.stderr);
    await held.rig.api.createSession({ body: { agent: 'command', prompt: 'sleep 86400' } });
    worker = await until('the session runs', async () => (await pids())[0]);
  });
  afterAll(() => cli('runner', 'stop', '--sessions', 'kill'));

  test('to what does not work is refused before anything is touched', async () => {
    const broken = makePackage('broken', { version: nextVersion(), change: () => 'throw new Error("no luck")' });
    const failed = await cli('upgrade', '--target', broken, '--json');
    expect(failed.problem()).toMatchObject({ code: 'upgrade_failed', message: expect.stringContaining('no luck') });
    expect(readdirSync(join(home, 'versions'))).toEqual([]);
    expect(await pids()).toEqual([worker]);
  });

  test('of the package by other means: the next command restarts the runner as its version, and its sessions go on', async () => {
    const present = String(await version());
    const other = makePackage('other', { version: '8.8.8' });
    const env = { ...process.env, TREELINE_HOME: home };
    const said = execFileSync(process.execPath, [join(other, 'dist/treeline.mjs'), 'runner', 'list', '--json'], {
      env,
    });
    expect((JSON.parse(String(said)) as Row[]).map(({ pid }) => pid)).toEqual([worker]);
    expect(await version()).toBe('8.8.8');
    expect(await pids()).toEqual([worker]);
    expect(await version()).toBe(present);
  });

  test('to a version that works is taken up by the runner, and its sessions go on', async () => {
    const present = String(await version());
    const wanted = nextVersion();
    const next = makePackage('next', { version: wanted });
    expect(await cli('upgrade', '--check', '--target', next)).toMatchObject({ code: 0 });
    expect(await version()).toBe(present);
    const done = await cli('upgrade', '--target', next, '--json');
    expect(done.json()).toMatchObject({ version: wanted, before: present, restarted: true });
    expect(await version()).toBe(wanted);
    expect(await pids()).toEqual([worker]);
    expect(isAlive(worker)).toBe(true);
  });

  test('while the relay is away is taken up too: no version could give the runner its link', async () => {
    const wanted = nextVersion();
    const next = makePackage('offline', { version: wanted });
    await held.rig.relay.stop();
    try {
      await until('the runner has no link', async () => (await cli('runner', 'status')).code === 4);
      const done = await cli('upgrade', '--target', next, '--json');
      expect(done.json()).toMatchObject({ version: wanted, restarted: true });
    } finally {
      await held.rig.relay.start();
    }
    await until('the runner is online', async () => (await version()) === wanted);
    expect(await pids()).toEqual([worker]);
  });

  describe('without a target', () => {
    let registry: NpmRegistry;
    beforeAll(async () => {
      registry = await startNpmRegistry({ name: '@home/treeline', token: TOKEN });
    });
    afterAll(() => registry.close());
    beforeEach(() => {
      writeFileSync(join(held.rig.env['HOME'] ?? '', '.npmrc'), `${registry.login}\n`);
      configure({ packageSource: { registry: registry.url, package: '@home/treeline' } });
    });

    function publish(name: string, of: { version: string; change?: (source: string) => string }): void {
      const folder = makePackage(name, of);
      registry.publish(of.version, packFile(folder, join(held.rig.folder, 'packed')));
    }

    test('takes the newest of the registry that is configured, and the next one finds nothing newer', async () => {
      const present = String(await version());
      const wanted = nextVersion();
      publish('registry', { version: wanted });
      const checked = await cli('upgrade', '--check', '--json');
      expect(checked.json()).toMatchObject({ version: wanted, works: true, present });
      expect(await version()).toBe(present);
      const done = await cli('upgrade', '--json');
      expect(done.json()).toMatchObject({ version: wanted, before: present, restarted: true });
      expect(await version()).toBe(wanted);
      expect(await pids()).toEqual([worker]);
      const again = await cli('upgrade');
      expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining(`${wanted} is the newest version`) });
    });

    test('to one whose daemon does not start is taken back, and the runner is online as before', async () => {
      const present = await version();
      publish('registry-lame', { version: nextVersion(), change: lame });
      const failed = await cli('upgrade', '--json');
      expect(failed.problem()).toMatchObject({ code: 'upgrade_failed', message: expect.stringContaining('crashed') });
      expect(await version()).toBe(present);
      expect(await pids()).toEqual([worker]);
    });

    test('installs nothing of another program by that name', async () => {
      const version = nextVersion();
      const file = packFile(makePackage('foreign', { version }), join(held.rig.folder, 'packed'));
      registry.publish(version, file, { treeline: 'cli.js' });
      const before = readdirSync(join(home, 'versions'));
      const refused = await cli('upgrade', '--json');
      expect(refused).toMatchObject({ code: 1 });
      expect(refused.problem()).toMatchObject({ code: 'package_foreign' });
      expect(readdirSync(join(home, 'versions'))).toEqual(before);
    });

    test('says what is missing: the login, the package, the registry', async () => {
      writeFileSync(join(held.rig.env['HOME'] ?? '', '.npmrc'), '');
      const anonymous = await cli('upgrade', '--json');
      expect(anonymous.problem()).toMatchObject({ code: 'package_failed', hint: expect.stringContaining('npm login') });
      writeFileSync(join(held.rig.env['HOME'] ?? '', '.npmrc'), `${registry.login}\n`);
      configure({});
      const unset = await cli('upgrade', '--json');
      expect(unset).toMatchObject({ code: 3 });
      expect(unset.problem()).toMatchObject({
        code: 'package_missing',
        message: expect.stringContaining('not set where new versions'),
        hint: expect.stringContaining('packageSource'),
      });
      configure({ packageSource: { registry: registry.url, package: 'unpublished' } });
      const missing = await cli('upgrade', '--json');
      expect(missing).toMatchObject({ code: 3 });
      expect(missing.problem()).toMatchObject({
        code: 'package_missing',
        message: expect.stringContaining(`unpublished@latest is not in ${registry.url}`),
        hint: expect.stringContaining('packageSource'),
      });
      configure({ packageSource: { registry: 'http://127.0.0.1:1' } });
      const away = await cli('upgrade', '--json');
      expect(away).toMatchObject({ code: 5 });
      expect(away.problem()).toMatchObject({ code: 'package_unreachable' });
      const withoutNpm = await held.rig.cli(['upgrade', '--json'], {
        env: { TREELINE_HOME: home, PATH: join(held.rig.folder, 'work') },
      });
      expect(withoutNpm.problem()).toMatchObject({ message: expect.stringContaining('npm is not on the PATH') });
    });

    test('takes the newest file of a folder that is configured', async () => {
      const packages = join(held.rig.folder, `share-${made}`);
      const wanted = nextVersion();
      const file = packFile(makePackage('shared', { version: wanted }), packages);
      copyFileSync(file, join(packages, 'treeline-8.10.0.tgz'));
      copyFileSync(file, join(packages, 'another-10.0.0.tgz'));
      configure({ packageSource: { folder: packages } });
      expect((await cli('upgrade', '--check', '--json')).json()).toMatchObject({ version: wanted, works: true });
    });

    test('leaves the registry’s token in .npmrc alone', () => {
      const files = readdirSync(held.rig.folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
      const holding = files
        .map((file) => join(file.parentPath, file.name))
        .filter((path) => existsSync(path) && readFileSync(path).includes(TOKEN));
      expect(holding.map((path) => path.slice(held.rig.folder.length))).toEqual(['/home/.npmrc']);
    });
  });
});
