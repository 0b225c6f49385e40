/** Another version of Treeline under a runner that runs: from a package folder, with sessions that do not notice. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CliResult } from '@treeline/test-support/cli.ts';
import { isAlive } from '@treeline/test-support/processes.ts';
import { bundle } from '@treeline/test-support/programs.ts';
import { useRig } from '@treeline/test-support/rig.ts';
import { until } from '@treeline/test-support/until.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

interface Row {
  readonly pid: number;
}

describe('an upgrade', () => {
  const held = useRig({ store: 'embedded' });
  let home = '';
  let worker = 0;
  const cli = (...args: string[]): Promise<CliResult> => held.rig.cli(args, { env: { TREELINE_HOME: home } });
  const list = async () => (await cli('runner', 'list', '--json')).json<Row[]>();
  const version = async () => {
    const shown = (await cli('runner', 'status', '--json')).json<{ online: boolean; state: { version: string } }>();
    return shown.online && shown.state.version;
  };

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
    worker = await until('the session runs', async () => (await list())[0]?.pid);
  });
  afterAll(() => cli('runner', 'stop', '--sessions', 'kill'));

  /** This build as a package of another version. */
  function makePackage(name: string, change: (source: string) => string): string {
    const folder = join(held.rig.folder, 'packages', name);
    mkdirSync(join(folder, 'dist'), { recursive: true });
    const dist = dirname(bundle('treeline.mjs'));
    const needed = new Set(['treeline.mjs', 'worker.mjs']);
    for (const file of needed) {
      const source = readFileSync(join(dist, file), 'utf8');
      for (const [, other = ''] of source.matchAll(/["']\.\/([\w-]+\.mjs)["']/g)) {
        if (readdirSync(dist).includes(other)) needed.add(other);
      }
      cpSync(join(dist, file), join(folder, 'dist', file));
      writeFileSync(join(folder, 'dist', file), change(source));
    }
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'treeline', version: '9.9.9', files: ['dist'] }),
    );
    return folder;
  }

  test('to what does not work is refused before anything is touched', async () => {
    const broken = makePackage('broken', () => 'throw new Error("no luck")');
    const failed = await cli('upgrade', '--target', broken, '--json');
    expect(failed.problem()).toMatchObject({ code: 'upgrade_failed', message: expect.stringContaining('no luck') });
    expect(readdirSync(join(home, 'versions'))).toEqual([]);
    expect((await list()).map(({ pid }) => pid)).toEqual([worker]);
  });

  test('whose daemon does not start is taken back, and the runner is online as before', async () => {
    const before = await version();
    const lame = makePackage('lame', (source) =>
      source.replace(/word === ["']_daemon["']/, (condition) => `(${condition} && process.exit(3))`),
    );
    const failed = await cli('upgrade', '--target', lame, '--json');
    expect(failed.problem()).toMatchObject({ code: 'upgrade_failed', message: expect.stringContaining('crashed') });
    expect(await version()).toBe(before);
    expect((await list()).map(({ pid }) => pid)).toEqual([worker]);
  });

  test('of the package by other means: the next command restarts the runner as its version, and its sessions go on', async () => {
    const present = String(await version());
    const other = makePackage('other', (source) => source.replaceAll(`"${present}"`, '"8.8.8"'));
    const env = { ...process.env, TREELINE_HOME: home };
    const said = execFileSync(process.execPath, [join(other, 'dist/treeline.mjs'), 'runner', 'list', '--json'], {
      env,
    });
    expect((JSON.parse(String(said)) as Row[]).map(({ pid }) => pid)).toEqual([worker]);
    expect(await version()).toBe('8.8.8');
    expect((await list()).map(({ pid }) => pid)).toEqual([worker]);
    expect(await version()).toBe(present);
  });

  test('to a version that works is taken up by the runner, and its sessions go on', async () => {
    const present = String(await version());
    const next = makePackage('next', (source) => source.replaceAll(`"${present}"`, '"9.9.9"'));
    expect(await cli('upgrade', '--check', '--target', next)).toMatchObject({ code: 0 });
    expect(await version()).toBe(present);
    const done = await cli('upgrade', '--target', next, '--json');
    expect(done.json()).toMatchObject({ version: '9.9.9', restarted: true });
    expect(await version()).toBe('9.9.9');
    expect((await list()).map(({ pid }) => pid)).toEqual([worker]);
    expect(isAlive(worker)).toBe(true);
  });
});
