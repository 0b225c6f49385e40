/** Agents of a real daemon that isolates them: what one that wants out gets hold of, and that none starts without. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeConfig } from '../home/config.ts';
import { bwrap, describeIsolated } from '../isolation/testing.ts';
import type { DaemonHandle, DaemonOptions } from './daemon.ts';
import { processesOf } from './session-processes.ts';
import { startFakeRelay, type FakeRelay } from './testing/fake-relay.ts';
import { makeTestRunner, until, type TestRunner } from './testing/test-runner.ts';

/** A wrapper that wraps nothing. */
const DOES_NOTHING = 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"';

let relay: FakeRelay;
let runner: TestRunner;

beforeEach(async () => {
  relay = await startFakeRelay();
  runner = await makeTestRunner([relay.url], relay.key);
  await changeConfig(runner.home, { isolation: 'bubblewrap' });
});

afterEach(async () => {
  await runner.clean();
  await relay.close();
});

async function online(options: Partial<DaemonOptions> = {}): Promise<DaemonHandle> {
  const daemon = await runner.start(options);
  await until(() => daemon.state().connected, 'online');
  return daemon;
}

/** Runs a shell line as a session; resolves with all that it said. */
async function said(line: string, assignment: object = { cwd: runner.root }): Promise<string> {
  const { id } = await relay.assign({ agent: 'command', ...assignment });
  await relay.prompt(id, line);
  await until(() => relay.facts(id, 'end').length > 0, 'the end');
  return JSON.stringify(relay.records(id));
}

const refusalOf = (assignment: object): Promise<string> =>
  relay.assign(assignment).then(
    () => 'accepted',
    (error: Error) => error.message,
  );

/** Tries each way out, and says which led somewhere. */
const attempts = (ways: Readonly<Record<string, string>>): string =>
  Object.entries(ways)
    .map(([name, way]) => `if { ${way}; } >/dev/null 2>&1; then echo "OUT"": ${name}"; else echo "held"": ${name}"; fi`)
    .join('\n');

describeIsolated('an isolated agent', () => {
  it('finds no way to the runner, to other sessions and to the rest of the machine', async () => {
    // A process of its own: the one of these tests is no prey.
    const prey = spawn('sleep', ['600'], { stdio: 'ignore' });
    try {
      await online({ env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: homedir() } });
      const other = await relay.assign({ agent: 'scripted' });
      const folder = (name: string) => join(runner.home[name === 'sessions' ? 'sessions' : 'workspaces'], other.id);
      expect(existsSync(folder('sessions')) && existsSync(folder('workspaces'))).toBe(true);
      await writeFile(join(runner.root, 'beside'), 'secret');
      const cwd = join(runner.root, 'own');
      await mkdir(cwd);
      const { credentials, path: home, run } = runner.home;
      const ways = {
        credentials: `cat ${credentials}`,
        'credentials by cwd': `cat ../../home/credentials.json`,
        'the control socket': `[ -e ${run}/control.sock ]`,
        'the daemon socket': `[ -e ${run}/daemon.sock ]`,
        'another session': `[ -e ${folder('sessions')} ]`,
        'the folder of another session': `[ -e ${folder('workspaces')} ]`,
        'a file beside the folder': `cat ${runner.root}/beside`,
        'what the daemon has in memory': `cat /proc/${process.pid}/environ`,
        'the root of the daemon': `ls /proc/${process.pid}/root/`,
        'a process of the machine': `kill -0 ${prey.pid}`,
        'to kill it': `kill -9 ${prey.pid}`,
        'to kill all': `kill -9 -1; kill -0 ${prey.pid}`,
        'to enter it': `nsenter -t ${prey.pid} -a true`,
        'what is under what hides': `unshare -Urm sh -c "umount ${home} && cat ${credentials}"`,
        'to mount it anew': `mount --bind / /tmp && ls /tmp/${credentials}`,
        'the home of the user': `ls -A ${homedir()} | grep -v '^\\.treeline$' | grep .`,
        'the passwords of the machine': `grep . /etc/shadow`,
        'to write to the system': `touch /usr/treeline-was-here || touch /etc/treeline-was-here || touch /treeline`,
        'sockets of the system': `find /run /var/run -type s 2>/dev/null | grep .`,
        'the variables of the login': `[ -n "$DBUS_SESSION_BUS_ADDRESS$SSH_AUTH_SOCK$XDG_RUNTIME_DIR" ]`,
        'a capability': `grep -E 'Cap(Eff|Prm|Inh|Amb):' /proc/self/status | grep -v 0000000000000000`,
      };
      // It may write there, into what is its own /tmp.
      const outside = `echo x > ${runner.root}/beside2`;
      const inside =
        'echo mine > file && cat file && echo tmp > /tmp/x && cat /tmp/x && ls -A ~ && node -e "console.log(6*7)"';
      const log = await said(`${attempts(ways)}\n${outside}\n${inside}`, { cwd });
      expect(log.match(/OUT: [^\\"]*/g) ?? []).toEqual([]);
      for (const name of Object.keys(ways)) expect(log).toContain(`held: ${name}`);
      for (const word of ['mine', 'tmp', '42']) expect(log).toContain(word);
      expect(await readFile(join(cwd, 'file'), 'utf8')).toBe('mine\n');
      expect(existsSync(join(runner.root, 'beside2'))).toBe(false);
      expect(isRunning(prey)).toBe(true);
    } finally {
      prey.kill('SIGKILL');
    }
  });

  it('would find those ways, were it not isolated', async () => {
    await changeConfig(runner.home, { isolation: 'none' });
    await online();
    const ways = {
      credentials: `cat ${runner.home.credentials}`,
      'the control socket': `[ -e ${runner.home.run}/control.sock ]`,
      'what the daemon has in memory': `cat /proc/${process.pid}/environ`,
      'a process of the machine': `kill -0 ${process.pid}`,
    };
    const log = await said(attempts(ways));
    for (const name of Object.keys(ways)) expect(log).toContain(`OUT: ${name}`);
  });

  it('reaches the network of the machine, or none, as configured', async () => {
    const daemon = await online();
    const connect = `require('node:net').connect(${new URL(relay.url).port}, '127.0.0.1')`;
    const tell = ".on('connect', () => exit('reach' + 'ed')).on('error', () => exit('cut' + ' off'))";
    const exit = 'const exit = (word) => { console.log(word); process.exit(); };';
    const count = `echo interfaces $(grep -c : /proc/net/dev); node -e "${exit} ${connect}${tell}"`;
    expect(await said(count)).toContain('reached');
    await daemon.stop({ workers: 'kill' });
    await changeConfig(runner.home, { isolation: { by: 'bubblewrap', network: 'none' } });
    await online();
    const log = await said(count);
    expect(log).toContain('interfaces 1');
    expect(log).toContain('cut off');
  });

  it('sees and changes what its owner names', async () => {
    const place = await mkdtemp(join(runner.root, '..', 'named-'));
    for (const name of ['read', 'write']) await writeFile(join(place, name), name);
    await changeConfig(runner.home, {
      isolation: { by: 'bubblewrap', readable: [join(place, 'read')], writable: [join(place, 'write')] },
    });
    await online();
    const log = await said(
      `cat ${place}/read; echo more >> ${place}/write; echo x >> ${place}/read || echo "may"" not"`,
    );
    expect(log).toContain('may not');
    expect(await readFile(join(place, 'read'), 'utf8')).toBe('read');
    expect(await readFile(join(place, 'write'), 'utf8')).toBe('writemore\n');
  });

  it('keeps its home and its tmp, without a link that it left there leading anywhere', async () => {
    const daemon = await online();
    const { id } = await relay.assign({ agent: 'command', cwd: runner.root });
    const trap = await mkdtemp(join(runner.root, '..', 'trap-'));
    await relay.prompt(id, `ln -s ${trap} /tmp/$(basename $(dirname ${runner.root})); echo linked`);
    await until(() => relay.facts(id, 'end').length > 0, 'the end');
    await relay.assign({ id, agent: 'command', cwd: runner.root, attempt: 2 });
    await until(
      () => relay.facts(id, 'state').filter(({ state }) => state === 'idle').length > 1,
      'the second attempt',
    );
    expect(await readdir(trap)).toEqual([]);
    await daemon.stop({ workers: 'kill' });
  });

  it('is ended with all that it started', async () => {
    const daemon = await online();
    const { id } = await relay.assign({ agent: 'command', cwd: runner.root });
    await relay.prompt(id, '(trap "" TERM; sleep 601; sleep 602) & setsid sleep 603 & echo all-are-""up; wait');
    await until(() => JSON.stringify(relay.records(id)).includes('all-are-up'), 'its children');
    expect((await processesOf(id)).length).toBeGreaterThan(4);
    await daemon.stop({ workers: 'stop' });
    expect(await processesOf(id)).toEqual([]);
  });

  it('ends with a worker that is killed', async () => {
    await online();
    const { id } = await relay.assign({ agent: 'command', cwd: runner.root });
    await relay.prompt(id, 'setsid sleep 604 & echo all-are-""up; wait');
    await until(() => JSON.stringify(relay.records(id)).includes('all-are-up'), 'its children');
    process.kill((await runner.worker(id))?.pid ?? 0, 'SIGKILL');
    await until(async () => (await processesOf(id)).length === 0, 'the end of all');
    await until(() => relay.facts(id, 'end').length > 0, 'the end');
  });

  it('works in no folder from which it would see the home or the runner, and makes no worktree', async () => {
    await changeConfig(runner.home, { roots: ['/'] });
    await online();
    for (const cwd of ['/', homedir(), join(runner.root, '..')])
      expect(await refusalOf({ agent: 'command', cwd }), cwd).toContain('cwd_refused');
    expect(await refusalOf({ agent: 'command', cwd: runner.root, worktree: true })).toContain('cwd_refused');
  });

  it('is not started when the wrapper does less than it did when it was tried', async () => {
    const bin = await wrapperOnPath();
    await bin.replace(`exec ${bwrap} "$@"`);
    await online({ env: bin.env });
    const { id } = await relay.assign({ agent: 'command', cwd: runner.root });
    await bin.replace(DOES_NOTHING);
    await relay.prompt(id, 'touch was-here');
    await until(() => relay.facts(id, 'end').length > 0, 'the end');
    const [end] = relay.facts(id, 'end');
    expect(end).toMatchObject({ outcome: 'failed', reason: 'config' });
    expect(end?.detail).toContain('does not hold');
    expect(existsSync(join(runner.root, 'was-here'))).toBe(false);
  });
});

describeIsolated('a runner with a bwrap that works, where namespaces are forbidden to it', () => {
  it('takes no session and starts none, and says what to do', async () => {
    const bin = await wrapperOnPath();
    // As root of a space of its own, which it then forbids: the real program, and the kernel's real answer.
    const forbid = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"';
    await bin.replace(`exec unshare --user --map-root-user sh -c '${forbid}' sh ${bwrap} "$@"`);
    const daemon = await online({ env: bin.env });
    const refusal = await refusalOf({ agent: 'command', cwd: runner.root });
    expect(refusal).toContain('unavailable');
    expect(refusal).toContain('lets the user of the runner make no namespaces');
    expect(await readdir(runner.home.sessions)).toEqual([]);
    await until(() => daemon.state().health?.refuses !== undefined, 'its health');
    await daemon.stop({ workers: 'kill' });

    // The same comes true between the start of the daemon and that of an agent.
    await bin.replace(`exec ${bwrap} "$@"`);
    await online({ env: bin.env });
    const { id } = await relay.assign({ agent: 'command', cwd: runner.root });
    await bin.replace(`exec unshare --user --map-root-user sh -c '${forbid}' sh ${bwrap} "$@"`);
    await relay.prompt(id, 'touch was-here');
    await until(() => relay.facts(id, 'end').length > 0, 'the end');
    expect(relay.facts(id, 'end')[0]).toMatchObject({ outcome: 'failed', reason: 'config' });
    expect(existsSync(join(runner.root, 'was-here'))).toBe(false);
  });
});

describe('a runner that is to isolate its agents, and cannot', () => {
  it.each([
    ['without bwrap', undefined, 'apt-get install bubblewrap'],
    [
      'where namespaces are forbidden',
      'echo "bwrap: No permissions to create a new namespace" >&2; exit 1',
      'namespaces',
    ],
    ['with a bwrap that only seems to be one', DOES_NOTHING, 'does not hold'],
    ['with a bwrap that does nothing at all', 'exit 0', 'cannot be isolated'],
  ])('takes no session %s, and says what to do', async (_, script, fix) => {
    const bin = await wrapperOnPath();
    if (script !== undefined) await bin.replace(script);
    const daemon = await online({ env: bin.env });
    for (const agent of ['command', 'scripted']) {
      const refusal = await refusalOf({ agent, cwd: runner.root });
      expect(refusal).toContain('unavailable');
      expect(refusal).toContain(fix);
    }
    expect(await readdir(runner.home.sessions)).toEqual([]);
    await until(() => daemon.state().health?.refuses !== undefined, 'its health');
    expect(daemon.state().health?.refuses).toContain('isolated');
  });

  it('starts no session that it took before it was to isolate', async () => {
    await changeConfig(runner.home, { isolation: 'none' });
    // A worker that never gets to say who it is: the session is taken, and not started.
    const daemon = await online({ workerCommand: ['/bin/sh', '-c', 'sleep 605'] });
    const { id } = await relay.assign({ agent: 'command', cwd: runner.root });
    await until(async () => (await processesOf(id)).length > 0, 'its worker');
    await daemon.stop({ workers: 'leave' });
    await changeConfig(runner.home, { isolation: 'bubblewrap' });
    await online({ env: (await wrapperOnPath()).env });
    await until(() => relay.facts(id, 'end').length > 0, 'the end');
    expect(relay.facts(id, 'end')[0]?.detail).toContain('apt-get install bubblewrap');
    expect(await processesOf(id)).toEqual([]);
  });
});

interface Bin {
  /** Of a runner whose PATH is this folder. */
  readonly env: DaemonOptions['env'];
  /** Makes `bwrap` a script. */
  replace(script: string): Promise<void>;
}

/** A folder with every program of the system but `bwrap`. */
async function wrapperOnPath(): Promise<Bin> {
  const bin = join(runner.root, '..', 'bin');
  await mkdir(bin);
  for (const name of await readdir('/usr/bin'))
    if (name !== 'bwrap') await symlink(`/usr/bin/${name}`, join(bin, name));
  return {
    env: { PATH: bin, HOME: homedir() },
    replace: async (script) => {
      await writeFile(join(bin, 'bwrap.new'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      await rename(join(bin, 'bwrap.new'), join(bin, 'bwrap'));
    },
  };
}

const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;
