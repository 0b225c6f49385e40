/**
 * `pnpm test:systemd`: boots a systemd of its own, as process 1 of new namespaces, and runs the test of the installed unit
 * in it, as root and as a user. Needs Linux, root, systemd, and a cgroup2 that is mounted; leaves nothing behind.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DIST, ensureBuilt, ROOT } from './build.mjs';

const TEST = 'test/integration/installed-unit.test.ts';
const PERSON = 'treeline-test';
const BOOT_MS = 60_000;

const cgroups = /^\S+ (\S+) cgroup2 /m.exec(readMounts())?.[1];
const lacks = whatIsMissing();
if (lacks !== undefined) {
  console.error(`A systemd cannot be booted here: ${lacks}.`);
  process.exit(1);
}
if (!ensureBuilt()) process.exit(1);

const group = join(cgroups, `treeline-test-${process.pid}`);
const box = mkdtempSync(join(tmpdir(), 'treeline-systemd-'));
mkdirSync(group);
let init;
try {
  init = await boot();
  const asUser = ['runuser', '-u', PERSON, '--'];
  const codes = [runTest('root', []), runTest(PERSON, asUser)];
  process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  if (init !== undefined) process.kill(init, 'SIGKILL');
  await removeGroup();
  rmSync(box, { recursive: true, force: true });
}

function readMounts() {
  return existsSync('/proc/mounts') ? readFileSync('/proc/mounts', 'utf8') : '';
}

function whatIsMissing() {
  if (process.getuid?.() !== 0) return 'it needs root (sudo)';
  if (cgroups === undefined) return 'no cgroup2 is mounted';
  if (!existsSync('/lib/systemd/systemd')) return 'systemd is not installed';
  if (!existsSync('/usr/lib/systemd/user/dbus.socket')) return 'dbus-user-session is not installed';
  return undefined;
}

/** The pid of the systemd, once it is up. */
async function boot() {
  const inner = [join(import.meta.dirname, 'systemd/box.sh'), box, PERSON, ROOT];
  const words = ['--cgroup', '--pid', '--mount', '--uts', '--ipc', '--fork', 'sh', ...inner];
  // The namespace of cgroups begins where the process is that makes it.
  const line = `echo $$ > '${join(group, 'cgroup.procs')}' && exec unshare "$@"`;
  const outer = spawn('sh', ['-c', line, 'sh', ...words], { stdio: ['ignore', 'inherit', 'inherit'] });
  const until = Date.now() + BOOT_MS;
  while (Date.now() < until && outer.exitCode === null) {
    const children = `/proc/${outer.pid}/task/${outer.pid}/children`;
    const [pid] = existsSync(children) ? readFileSync(children, 'utf8').trim().split(' ') : [];
    if (pid) {
      const { stdout } = inBox(Number(pid), ['systemctl', 'is-system-running'], { stdio: 'pipe' });
      if (/^(running|degraded)/.test(String(stdout)) && hasUserBus(Number(pid))) return Number(pid);
    }
    await sleep(200);
  }
  throw new Error(`systemd was not up within ${BOOT_MS / 1000} s.`);
}

function inBox(pid, words, options) {
  return spawnSync('nsenter', ['-t', String(pid), '-a', '--', ...words], options);
}

function hasUserBus(pid) {
  return inBox(pid, ['sh', '-c', `test -S /run/user/$(id -u ${PERSON})/bus`], {}).status === 0;
}

function runTest(who, as) {
  console.log(`as ${who}`);
  const home = who === 'root' ? '/root' : `/home/${who}`;
  const variables = [`HOME=${home}`, `PATH=${process.env.PATH}`, 'LANG=C.UTF-8', `TREELINE_TEST_DIST=${DIST}`];
  const vitest = [process.execPath, join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--cache=false', TEST];
  const words = ['sh', '-c', `cd '${ROOT}' && exec "$@"`, 'sh', ...as, 'env', '-i', ...variables, ...vitest];
  return inBox(init, words, { stdio: 'inherit' }).status;
}

/** The cgroups that systemd made, innermost first, once their processes are gone. */
async function removeGroup() {
  const kill = join(group, 'cgroup.kill');
  if (existsSync(kill)) writeFileSync(kill, '1');
  for (let left = 50; left > 0 && existsSync(group); left--) {
    const { stdout } = spawnSync('find', [group, '-depth', '-type', 'd'], { encoding: 'utf8' });
    for (const folder of stdout.trim().split('\n')) {
      try {
        rmdirSync(folder);
      } catch {
        // Somebody in it is still on the way out.
      }
    }
    await sleep(100);
  }
}
