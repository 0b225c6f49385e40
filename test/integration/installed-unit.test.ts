/**
 * `runner install` under a real systemd: the system's for root, the user's own otherwise. `pnpm test:systemd` boots one
 * of its own for this, in namespaces, and runs it as both.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { OwnMachine } from '@treeline/test-support/own-machine.ts';
import { isAlive, kill9 } from '@treeline/test-support/processes.ts';
import { useRig } from '@treeline/test-support/rig.ts';
import { until } from '@treeline/test-support/until.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const { uid } = userInfo();
const isRoot = uid === 0;
const own = isRoot ? [] : ['--user'];
const runtimeDir = process.env['XDG_RUNTIME_DIR'] ?? `/run/user/${uid}`;
const env = { HOME: homedir(), XDG_RUNTIME_DIR: runtimeDir };
const systemctl = (...words: readonly string[]) =>
  spawnSync('systemctl', [...own, ...words], { encoding: 'utf8', env: { ...process.env, ...env } });

function lacks(): string | undefined {
  if (!existsSync('/run/systemd/system')) return 'systemd is not process 1 here: pnpm test:systemd boots one';
  if (!isRoot && !existsSync(join(runtimeDir, 'bus'))) return 'this login has no D-Bus session: dbus-user-session';
  return undefined;
}

const missing = lacks();
const kind = isRoot ? 'system' : 'user';

describe.skipIf(missing !== undefined)(`the installed unit of the ${kind}${missing ? ` (${missing})` : ''}`, () => {
  const held = useRig({ store: 'embedded' });
  const profile = `test-${process.pid}`;
  const unit = `treeline-runner-${profile}.service`;
  const file = join(isRoot ? '/etc/systemd/system' : join(homedir(), '.config/systemd/user'), unit);
  let machine: OwnMachine;

  const here = () => ['--profile', profile, '--home', machine.home];
  const service = (...words: string[]) => machine.ok(...words, `--${kind}`, ...here());
  const show = (property: string) => systemctl('show', '--value', '-p', property, unit).stdout.trim();
  const healthy = (not?: number) =>
    until(
      'the runner of the unit is online',
      async () => {
        const { code } = await machine.run('status');
        const supervisor = machine.supervisorPid;
        return code === 0 && supervisor !== not && Number(show('MainPID')) === supervisor && supervisor;
      },
      { otherwise: () => systemctl('status', unit).stdout },
    );

  /** A session that runs, and the pid of its worker. */
  async function startSession() {
    const id = await machine.command('sleep 86400');
    await machine.running(id);
    return { id, worker: machine.workerPid(id) };
  }
  async function expectUnhurt({ id, worker }: { id: string; worker: number }) {
    expect(isAlive(worker)).toBe(true);
    await until('it is listed with its process', async () =>
      (await machine.list()).some((row) => row.id === id && row.pid === worker),
    );
  }

  beforeAll(async () => {
    machine = await OwnMachine.join(held.rig, { name: 'machine', env });
  });
  afterAll(async () => {
    systemctl('disable', '--now', unit);
    if (existsSync(file)) execFileSync('rm', [file]);
    systemctl('daemon-reload');
    systemctl('reset-failed', unit);
    await machine.run('stop', '--sessions', 'kill', '--force');
  });

  test('starts the runner, which is healthy, also at boot; its file holds no key', async () => {
    const installed = await service('install', '--now', '--json');
    expect(installed.json()).toMatchObject({ kind, file });
    await healthy();
    expect(show('ActiveState')).toBe('active');
    expect(show('UnitFileState')).toBe('enabled');
    const { key } = JSON.parse(readFileSync(join(machine.home, 'credentials.json'), 'utf8')) as { key: string };
    expect(readFileSync(file, 'utf8')).not.toContain(key);
  });

  test('runs sessions on through a restart by systemd, by treeline, and after a crash', async () => {
    const session = await startSession();
    let supervisor = await healthy();
    const ways: (() => Promise<unknown>)[] = [
      () => Promise.resolve(expect(systemctl('restart', unit)).toMatchObject({ status: 0 })),
      () => machine.ok('restart', '--timeout', '60s'),
      () => Promise.resolve(kill9(supervisor)),
    ];
    for (const restart of ways) {
      await restart();
      supervisor = await healthy(supervisor);
      await expectUnhurt(session);
    }
    const { id } = session;
    await machine.ok('stop-session', id);
    await machine.ended(id);
  });

  test('stays stopped after `runner stop` with its sessions running, and takes them over when it is started', async () => {
    const session = await startSession();
    await machine.ok('stop');
    await until('the unit is inactive', () => show('ActiveState') === 'inactive');
    expect((await machine.run('status')).code).toBe(3);
    expect(isAlive(session.worker)).toBe(true);
    expect(systemctl('start', unit)).toMatchObject({ status: 0 });
    await healthy();
    await expectUnhurt(session);
  });

  test('is gone after uninstall, and its sessions go on', async () => {
    const session = await startSession();
    await service('uninstall');
    expect(existsSync(file)).toBe(false);
    expect(show('LoadState')).toBe('not-found');
    expect((await machine.run('status')).code).toBe(3);
    expect(isAlive(session.worker)).toBe(true);
    expect((await service('uninstall')).stdout).toContain('it was not installed');
  });
});
