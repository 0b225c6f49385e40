import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { advice, defaultKind, type Machine, whyNot } from './machine.ts';
import { launchdPlist, pm2Words, shellLine } from './other-units.ts';
import { quoted, systemdUnit } from './systemd-unit.ts';

const program = {
  name: 'treeline-runner',
  node: process.execPath,
  bundle: '/opt/tree line/dist/treeline.mjs',
  home: '/home/pi/.treeline',
  path: '/usr/local/bin:/usr/bin:/bin',
};
const runAs = { user: 'root', group: 'root', userHome: '/root' };

const pi: Machine = {
  platform: 'linux',
  distribution: 'raspbian',
  isRoot: false,
  user: 'pi',
  hasSystemd: true,
  hasUserBus: true,
  lingers: true,
};

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('the systemd unit', () => {
  test('has absolute paths, spares the workers, and holds no secret', () => {
    const unit = systemdUnit(program);
    expect(unit).toContain(`ExecStart="${process.execPath}" "/opt/tree line/dist/treeline.mjs" "runner" "--home"`);
    expect(unit).toContain('KillMode=process\n');
    expect(unit).toContain('Restart=on-failure\n');
    expect(unit).toContain('WantedBy=default.target');
    expect(unit).not.toMatch(/key|token|secret/i);
  });

  test('of the system runs as the user that was named', () => {
    const unit = systemdUnit({ ...program, runAs: { user: 'pi', group: 'pi', userHome: '/home/pi' } });
    expect(unit).toContain('User=pi\nGroup=pi\n');
    expect(unit).toContain('WantedBy=multi-user.target');
  });

  test('takes literally what systemd would expand', () => {
    expect(quoted('a"b%c$d\\e\nf')).toBe('"a\\"b%%c$$d\\\\e\\nf"');
  });

  test.skipIf(!hasAnalyze).each([
    ['user', systemdUnit(program)],
    ['system', systemdUnit({ ...program, runAs })],
  ])('of the %s is clean for systemd-analyze verify', (_, unit) => {
    withUnit(unit.replace('/opt/tree line/dist/treeline.mjs', '/bin/true'), (path) => {
      const { status, stderr, stdout } = spawnSync('systemd-analyze', ['verify', '--man=no', path], {
        encoding: 'utf8',
      });
      expect(`${stdout}${stderr}`).not.toContain('treeline-runner.service:');
      expect(status).toBe(0);
    });
  });

  test.skipIf(!hasAnalyze)('of the system is exposed by 4.0 at most, as systemd-analyze security counts', () => {
    withUnit(systemdUnit({ ...program, runAs: { user: 'pi', group: 'pi', userHome: '/home/pi' } }), (path) => {
      const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=yes', '--no-pager', path], {
        encoding: 'utf8',
      });
      const level = /exposure level for .*: (\d+\.\d+)/.exec(stdout)?.[1];
      expect(Number(level)).toBeLessThanOrEqual(4);
    });
  });
});

function withUnit(unit: string, look: (path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'treeline-unit-'));
  try {
    const path = join(folder, 'treeline-runner.service');
    writeFileSync(path, unit);
    look(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('a machine', () => {
  test('with systemd takes a unit of the user, and says when it would not start at boot', () => {
    expect(defaultKind(pi)).toBe('user');
    expect(whyNot('user', pi)).toBeUndefined();
    expect(advice('user', pi)).toBeUndefined();
    expect(advice('user', { ...pi, lingers: false })).toContain('sudo loginctl enable-linger pi');
  });

  test('without what is needed says what it is, and what to do', () => {
    expect(whyNot('user', { ...pi, hasUserBus: false })?.fix).toContain('dbus-user-session');
    expect(whyNot('system', pi)?.fix).toContain('sudo');
    expect(whyNot('user', { ...pi, hasSystemd: false, distribution: 'alpine' })?.why).toContain('not supported');
    expect(whyNot('user', { ...pi, isRoot: true })?.fix).toContain('--system');
    expect(whyNot('launchd', pi)?.why).toContain('macOS');
    expect(whyNot('pm2', { ...pi, hasSystemd: false })).toBeUndefined();
  });

  test('that is a Mac has launchd', () => {
    const mac: Machine = { ...pi, platform: 'darwin', hasSystemd: false };
    expect(defaultKind(mac)).toBe('launchd');
    expect(whyNot('user', mac)?.fix).toContain('--launchd');
  });
});

test('the LaunchAgent starts at login, comes back after a crash, and spares the workers', () => {
  const plist = launchdPlist({ ...program, home: '/Users/a&b/.treeline', logs: '/Users/a&b/.treeline/logs' });
  expect(plist).toContain('<string>dev.treeline.treeline-runner</string>');
  expect(plist).toContain('<key>AbandonProcessGroup</key>\n  <true/>');
  expect(plist).toContain('/Users/a&amp;b/.treeline/logs/supervisor.log');
});

test('the line for pm2 can be pasted into a shell', () => {
  expect(shellLine(pm2Words(program))).toBe(
    `pm2 start '/opt/tree line/dist/treeline.mjs' --name treeline-runner --interpreter ${process.execPath} ` +
      '--kill-timeout 30000 --no-treekill -- runner --home /home/pi/.treeline',
  );
});
