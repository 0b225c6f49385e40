/** A runner is controlled from elsewhere through the relay, as far as its owner lets it. */
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliResult } from '@treeline/test-support/cli.ts';
import { OwnMachine } from '@treeline/test-support/own-machine.ts';
import { useRig } from '@treeline/test-support/rig.ts';
import { until } from '@treeline/test-support/until.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

describe('a runner that is controlled through the relay', () => {
  const held = useRig({ store: 'embedded', relayEnv: { TREELINE_HEARTBEAT_MS: '1000' } });
  let machine: OwnMachine;
  /** As somebody who is signed in to the relay, on another machine. */
  const elsewhere = (...args: string[]): Promise<CliResult> => held.rig.cli(['runner', ...args]);
  const ok = async (...args: string[]): Promise<CliResult> => {
    const result = await elsewhere(...args);
    expect(result.stderr + result.stdout, 'what it said').toSatisfy(() => result.code === 0);
    return result;
  };

  beforeAll(async () => {
    machine = await OwnMachine.join(held.rig, { name: 'garage' });
    await machine.start();
  });
  afterAll(() => machine.run('stop', '--sessions', 'kill'));

  test('is paused and resumed, and the pause holds over its restart', async () => {
    await ok('pause', 'garage');
    expect((await machine.ended(await machine.command('true'))).detail).toContain('paused');
    await machine.ok('restart', '--timeout', '60s');
    expect((await ok('show', 'garage', '--json')).json()).toMatchObject({ health: { paused: 'relay' } });
    await ok('resume', 'garage');
    expect(await machine.ended(await machine.command('true'))).toMatchObject({ outcome: 'completed' });
  });

  test('stays paused when its owner has paused it, whatever the relay says', async () => {
    await machine.ok('pause');
    const refused = await elsewhere('resume', 'garage', '--json');
    expect(refused.code).toBe(4);
    expect(refused.problem()).toMatchObject({ code: 'forbidden', message: expect.stringContaining('own machine') });
    expect((await machine.ended(await machine.command('true'))).detail).toContain('paused');
    await ok('pause', 'garage');
    await machine.ok('resume');
    expect(await machine.ended(await machine.command('true'))).toMatchObject({ outcome: 'completed' });
  });

  test('is drained: nothing new, and those at work finish', async () => {
    const id = await machine.command('while [ ! -e go ]; do sleep 0.1; done');
    await machine.running(id);
    expect(await elsewhere('drain', 'garage', '--timeout', '500ms')).toMatchObject({ code: 7 });
    const { cwd } = (await machine.list()).map((row) => row as typeof row & { cwd: string })[0] ?? { cwd: '' };
    await writeFile(join(cwd, 'go'), '');
    await ok('drain', 'garage', '--timeout', '30s');
    expect(await machine.ended(id)).toMatchObject({ outcome: 'completed' });
    await ok('resume', 'garage');
  });

  test('is renamed, and keeps its id', async () => {
    await ok('rename', 'garage', 'attic');
    await until('it has the name', async () => (await elsewhere('show', 'attic')).code === 0);
    expect(JSON.parse(await readFile(join(machine.home, 'runner.json'), 'utf8'))).toMatchObject({ name: 'attic' });
    expect((await elsewhere('rename', 'attic', '../etc')).code).toBe(2);
  });

  test('examines itself, and says what it found there', async () => {
    const { findings } = (await elsewhere('doctor', 'attic', '--json')).json<{ findings: { check: string }[] }>();
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['node', 'runner', 'websocket', 'disk speed']),
    );
    const here = (await machine.run('doctor', '--json')).json<{ findings: { check: string }[] }>();
    expect(here.findings.map(({ check }) => check)).toEqual(findings.map(({ check }) => check));
  });

  test('shows its log, and what comes, without secrets', async () => {
    const log = join(machine.home, 'logs', 'daemon.log');
    const line = (msg: string) => `${JSON.stringify({ level: 30, time: Date.now(), msg })}\n`;
    await appendFile(log, line('key tl_user_abc123_s3cr3ts3cr3ts3cr3t and Bearer abcdefghijkl'));
    const shown = await ok('logs', 'attic', '-n', '5');
    expect(shown.stdout).toContain('[secret]');
    expect(shown.stdout).not.toMatch(/s3cr3t|abcdefghijkl/);
    const following = held.rig.startCli(['runner', 'logs', 'attic', '-f', '-n', '1']);
    await until('it has begun', () => following.stdout.includes('\n'));
    await appendFile(log, line('something new'));
    await until('it comes', () => following.stdout.includes('something new'));
    await following.end('SIGTERM');
  });

  test('refuses all of it when its owner says so', async () => {
    const config = join(machine.home, 'config.json');
    const before = await readFile(config, 'utf8');
    await writeFile(config, JSON.stringify({ ...(JSON.parse(before) as object), remoteControl: false }));
    await machine.ok('restart', '--timeout', '60s');
    for (const words of [['pause'], ['resume'], ['drain'], ['doctor'], ['logs']]) {
      const refused = await elsewhere(...words, 'attic', '--json');
      expect(refused.code, words.join(' ')).toBe(4);
      expect(refused.problem().message).toContain('does not allow');
    }
    await writeFile(config, before);
  });

  test('that is offline is not asked, and given up its key is worth nothing', async () => {
    await machine.ok('stop');
    await until('it is offline', async () => !(await held.rig.api.listRunners()).runners[0]?.online);
    expect((await elsewhere('pause', 'attic', '--json')).problem()).toMatchObject({ code: 'no_runner' });
    await ok('rm', 'attic');
    expect((await ok('ls', '--json')).json()).toEqual([]);
    expect(await machine.run('start', '--timeout', '30s')).toMatchObject({ code: 8 });
    expect((await elsewhere('show', 'attic')).code).toBe(3);
  });
});
