/** The runner as a service: every command on a machine of its own, with the relay up, down and flapping. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionId } from '@treeline/shared';
import type { CliResult } from '@treeline/test-support/cli.ts';
import { isAlive, processesWith } from '@treeline/test-support/processes.ts';
import { useRig } from '@treeline/test-support/rig.ts';
import { until } from '@treeline/test-support/until.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

interface Row {
  readonly id: SessionId;
  readonly pid: number;
  readonly activity: string;
}

interface Status {
  readonly running: boolean;
  readonly online: boolean;
  readonly healthy: boolean;
  readonly problem?: string;
  readonly state?: { pid: number; paused?: boolean; controlSocket: string };
}

describe('the runner as a service', () => {
  const held = useRig({ store: 'embedded', relayEnv: { TREELINE_HEARTBEAT_MS: '1000' } });
  let home = '';
  /** As the owner of the machine, who is not logged in anywhere. */
  const runner = (args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> =>
    held.rig.cli(['runner', ...args], { env: { TREELINE_HOME: home, ...env } });
  const start = (...more: string[]) => runner(['start', '--timeout', '30s', ...more]);
  const ok = async (done: Promise<CliResult>): Promise<CliResult> => {
    const result = await done;
    expect(result.stderr + result.stdout, 'what it said').toSatisfy(() => result.code === 0);
    return result;
  };
  const status = async () => (await runner(['status', '--json'])).json<Status>();
  const list = async () => (await ok(runner(['list', '--json']))).json<Row[]>();
  const daemonPid = async () => (await status()).state?.pid ?? 0;
  const command = async (prompt: string, ...more: string[]): Promise<SessionId> => {
    const made = await ok(held.rig.cli(['session', 'new', prompt, '--agent', 'command', '--json', ...more]));
    return made.json<{ id: SessionId }>().id;
  };
  const running = (id: SessionId): Promise<Row> =>
    until(`${id} runs`, async () => (await list()).find((row) => row.id === id && row.activity === 'running'));
  const ended = (id: SessionId) =>
    until(`${id} has ended`, async () => {
      const { lifecycle } = await held.rig.api.getSession({ params: { id } });
      return lifecycle.state === 'ended' && lifecycle;
    });
  /** What names this runner's folder on its command line. */
  const ofThisRunner = (word: string) =>
    processesWith(`${held.rig.folder}/`).filter(
      ({ command: line }) => line.includes(word) && line.includes('treeline.mjs'),
    );

  beforeAll(() => {
    home = join(held.rig.folder, 'machine');
  });
  afterAll(async () => {
    await runner(['stop', '--sessions', 'kill']);
  });

  test('before it has joined, each command says so in its own words', async () => {
    expect(await runner(['status'])).toMatchObject({ code: 3 });
    expect(await runner(['start', '--json'])).toMatchObject({ code: 4 });
    expect((await runner(['list', '--json'])).problem()).toMatchObject({ code: 'not_running' });
    expect(await runner(['stop'])).toMatchObject({ code: 0, stdout: 'it was not running\n' });
    expect(await runner(['logs'])).toMatchObject({ code: 3 });
  });

  test('it starts once, however often it is asked to', async () => {
    const token = (await ok(held.rig.cli(['key', 'create', 'machine', '--join', '--json']))).json<{ secret: string }>();
    const joining = ['runner', 'join', held.rig.relay.url, '--name', 'machine', '--token-file', '-'];
    await ok(
      held.rig.cli([...joining, '--root', `${held.rig.folder}/work`], {
        env: { TREELINE_HOME: home },
        stdin: token.secret,
      }),
    );
    expect((await ok(start('--json'))).json()).toMatchObject({ already: false, connected: true });
    const pid = await daemonPid();
    expect((await ok(start('--json'))).json()).toMatchObject({ already: true, pid });
    expect(await runner(['list'])).toMatchObject({ code: 0, stdout: 'no session runs here\n' });
    expect(await runner(['status'])).toMatchObject({ code: 0 });
  });

  test('a session that ignores SIGTERM is gone within 5 s, with its grandchildren', async () => {
    const id = await command('trap "" TERM; (trap "" TERM; exec sleep 4711) & sleep 4712; sleep 4713');
    await running(id);
    await until('its processes run', () => processesWith(id).some(({ command: line }) => line.includes('4711')));
    const stopped = (await ok(runner(['stop-session', id, '--json']))).json<{ ms: number }>();
    expect(processesWith(id)).toEqual([]);
    expect(stopped.ms).toBeLessThan(5000);
    expect(await ended(id)).toMatchObject({ outcome: 'cancelled', detail: 'It was stopped on its runner.' });
    expect((await runner(['stop-session', id, '--json'])).problem()).toMatchObject({ code: 'not_found' });
  });

  test('sessions outlive a stop, a restart and a kill -9 of daemon and supervisor', async () => {
    const id = await command('sleep 4714');
    const { pid } = await running(id);
    await ok(runner(['restart', '--timeout', '30s']));
    expect((await list()).map((row) => row.pid)).toEqual([pid]);
    await ok(runner(['stop']));
    expect(isAlive(pid)).toBe(true);
    expect(await runner(['status'])).toMatchObject({ code: 3 });
    await ok(start());
    process.kill(await daemonPid(), 'SIGKILL');
    await until('it is online again', async () => (await status()).online);
    expect((await list()).map((row) => row.pid)).toEqual([pid]);
    const [supervisor] = ofThisRunner('--foreground');
    process.kill(supervisor?.pid ?? 0, 'SIGKILL');
    await until('the daemon went with its supervisor', async () => !(await status()).running);
    await ok(start());
    expect((await list()).map((row) => row.pid)).toEqual([pid]);
    await ok(runner(['stop-session', id]));
  });

  test('while it is paused it takes nothing, and a drain waits for what is at work', async () => {
    const id = await command('sleep 4715');
    await running(id);
    await ok(runner(['pause']));
    const refused = await ended(await command('true'));
    expect(refused.detail).toContain('paused');
    expect(await runner(['status'])).toMatchObject({ code: 0 });
    expect(await runner(['drain', '--timeout', '500ms'])).toMatchObject({ code: 7 });
    await ok(runner(['stop-session', id]));
    await ok(runner(['drain', '--timeout', '30s']));
    await ok(runner(['resume']));
    expect(await ended(await command('true'))).toMatchObject({ outcome: 'completed' });
  });

  test('it is renamed while it runs, and keeps its id', async () => {
    const { id } = (await ok(runner(['rename', 'kitchen-pi', '--json']))).json<{ id: string }>();
    await until('the relay has the name', async () => {
      const { runners } = await held.rig.api.listRunners();
      return runners.some((it) => it.id === id && it.profile.name === 'kitchen-pi' && it.online);
    });
  });

  test('without its relay it goes on, says what is wrong, and is back by itself', async () => {
    const id = await command('sleep 4716');
    const { pid } = await running(id);
    await held.rig.relay.kill9();
    const down = await until('it notices', async () => {
      const now = await runner(['status', '--json']);
      return now.code === 4 && now.json<Status>();
    });
    expect(down.problem).toContain('no link');
    expect((await list()).map((row) => row.pid)).toEqual([pid]);
    expect(await runner(['start', '--timeout', '1s', '--json'])).toMatchObject({ code: 8 });
    for (let flap = 0; flap < 3; flap++) {
      await held.rig.relay.start();
      await sleep(300);
      await held.rig.relay.kill9();
    }
    await held.rig.relay.start();
    await until('it is online again', async () => (await status()).online);
    expect((await held.rig.api.getSession({ params: { id } })).lifecycle.state).toBe('running');
    expect((await list()).map((row) => row.pid)).toEqual([pid]);
    await ok(runner(['stop-session', id]));
  });

  test('a session is stopped at its limits, and its log says at which', async () => {
    const id = await command('sleep 4717', '--max-time', '1s');
    expect(await ended(id)).toMatchObject({ outcome: 'cancelled', detail: expect.stringContaining('limit of 1 s') });
    await until('nothing of it is left', () => processesWith(id).length === 0);
  });

  test('a session in a worktree of its own leaves the repository as it is', async () => {
    const repository = await held.rig.makeFolder('repository');
    const git = (...args: string[]) => execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' }).trim();
    git('init', '-q', '-b', 'main');
    git('-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-q', '--allow-empty', '-m', 'first');
    const id = await command('pwd > made-here; git branch --show-current > branch', '--cwd', repository, '--worktree');
    expect(await ended(id)).toMatchObject({ outcome: 'completed' });
    expect(git('status', '--porcelain')).toBe('');
    const tree = join(home, 'workspaces', id);
    expect(await readFile(join(tree, 'branch'), 'utf8')).toBe(`treeline/${id}\n`);
    const nowhere = await ended(await command('true', '--cwd', await held.rig.makeFolder('plain'), '--worktree'));
    expect(nowhere.detail).toContain('not a git repository');
  });

  test('an agent that is not there, and a folder that is not allowed, fail at once with the reason', async () => {
    const agent = await held.rig.cli(['session', 'new', 'x', '--agent', 'nobody', '--json']);
    expect(agent.problem().message).toContain('nobody');
    const outside = await ended(await command('true', '--cwd', '/'));
    expect(outside.detail).toContain('not below an allowed root');
  });

  test('a daemon that hangs is called unhealthy, and stop --force ends it without its sessions', async () => {
    const id = await command('sleep 4718');
    const { pid } = await running(id);
    process.kill(await daemonPid(), 'SIGSTOP');
    const quick = { TREELINE_RUNNER_HTTP_TIMEOUT: '500' };
    const hung = await runner(['status', '--json'], quick);
    expect(hung.code).toBe(4);
    expect(hung.json<Status>().problem).toContain('does not answer');
    expect(await runner(['stop'], quick)).toMatchObject({ code: 7 });
    await ok(runner(['stop', '--force'], quick));
    expect(await status()).toMatchObject({ running: false });
    expect(isAlive(pid)).toBe(true);
    await ok(start());
    expect((await list()).map((row) => row.pid)).toEqual([pid]);
    await ok(runner(['stop', '--sessions']));
    expect(isAlive(pid)).toBe(false);
  });

  describe('its files', () => {
    const lock = () => join(home, 'daemon.lock');

    test.each([
      ['is empty', ''],
      ['is garbage', '\u0000{{{'],
      ['is another program’s', '{"hello":"world"}'],
      [
        'names a process that is another one now',
        JSON.stringify({ pid: process.pid, startTime: '1', bootId: 'x', since: 1 }),
      ],
      [
        'is of the time before a reboot',
        JSON.stringify({ pid: 1, startTime: '1', bootId: 'an earlier boot', since: 1 }),
      ],
    ])('a lock that %s holds nobody up', async (_, content) => {
      await writeFile(lock(), content);
      await writeFile(join(home, 'runner.state.json'), content);
      expect(await runner(['status'])).toMatchObject({ code: 3 });
      await ok(start());
      expect(JSON.parse(await readFile(lock(), 'utf8'))).toMatchObject({ pid: await daemonPid() });
      await ok(runner(['stop']));
    });

    const rounds = Number(process.env['TREELINE_TEST_STARTS'] ?? 4);
    test(
      `two starts at once, ${rounds} times: one daemon, and both say that it is online`,
      async () => {
        for (let round = 0; round < rounds; round++) {
          const [one, other] = await Promise.all([start('--json'), start('--json')]);
          expect([one.code, other.code], one.stderr + other.stderr).toEqual([0, 0]);
          expect(one.json<{ pid: number }>().pid).toBe(other.json<{ pid: number }>().pid);
          await until('only one daemon is left', () => ofThisRunner('_daemon').length === 1);
          await ok(runner(['stop']));
        }
      },
      rounds * 30_000,
    );

    test('a configuration that is not valid is named, without a stack trace', async () => {
      const config = join(home, 'config.json');
      const before = await readFile(config, 'utf8');
      await writeFile(config, '{"capacity": "many"}');
      const failed = await start('--json');
      expect(failed.code).toBe(1);
      expect(failed.problem().message).toContain('config.json');
      expect(failed.stderr).not.toContain('    at ');
      await writeFile(config, before);
    });

    test.skipIf(process.getuid?.() === 0)('a folder that cannot be written is named', async () => {
      await chmod(home, 0o500);
      expect((await runner(['start', '--json'])).problem().message).toContain('may not write');
      await chmod(home, 0o700);
    });

    test('a folder whose path is too long for a socket works all the same', async () => {
      const deep = join(held.rig.folder, 'd'.repeat(60), 'e'.repeat(60));
      await mkdir(deep, { recursive: true });
      const own = { TREELINE_HOME: deep };
      const token = (await ok(held.rig.cli(['key', 'create', 'deep', '--join', '--json']))).json<{ secret: string }>();
      const joining = ['runner', 'join', held.rig.relay.url, '--name', 'deep', '--token-file', '-'];
      await ok(held.rig.cli(joining, { env: own, stdin: token.secret }));
      await ok(runner(['start', '--timeout', '30s'], own));
      expect(await runner(['status'], own)).toMatchObject({ code: 0 });
      await ok(runner(['stop'], own));
    });

    test('another profile is another runner, and leaving ends it', async () => {
      const profile = (...args: string[]) => runner([...args, '--profile', 'second']);
      const token = (await ok(held.rig.cli(['key', 'create', 'second', '--join', '--json']))).json<{
        secret: string;
      }>();
      await writeFile(join(held.rig.folder, 'token'), token.secret);
      await ok(profile('join', held.rig.relay.url, '--name', 'second', '--token-file', join(held.rig.folder, 'token')));
      await ok(profile('start', '--timeout', '30s'));
      expect(await runner(['status'])).toMatchObject({ code: 3 });
      expect(await profile('status')).toMatchObject({ code: 0 });
      await ok(profile('leave'));
      expect(await profile('status')).toMatchObject({ code: 3 });
      expect(await profile('start')).toMatchObject({ code: 4 });
      await rm(join(home, 'profiles'), { recursive: true });
    });
  });

  test('the first session starts a runner that does not run', async () => {
    const local = { TREELINE_HOME: home };
    const made = await held.rig.cli(
      ['session', 'new', 'true', '--agent', 'command', '--runner', 'kitchen-pi', '--json', '--timeout', '30s'],
      { env: local },
    );
    expect(made.code, made.stderr).toBe(0);
    expect(await ended(made.json<{ id: SessionId }>().id)).toMatchObject({ outcome: 'completed' });
    expect(await runner(['status'])).toMatchObject({ code: 0 });
    await ok(runner(['stop', '--sessions', 'kill']));
  });
});
