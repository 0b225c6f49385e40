import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId, type SessionId } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from '../process/identity.ts';
import { readJson, writeJson } from '../process/files.ts';
import { SessionFile, sessionPaths } from '../process/session-folder.ts';
import { daemonSocketPath } from '../process/socket-path.ts';
import type { DaemonHandle } from './daemon.ts';
import { SESSION_MARK, processesOf } from './session-processes.ts';
import { startFakeRelay, type FakeRelay } from './testing/fake-relay.ts';
import { makeTestRunner, until, type TestRunner } from './testing/test-runner.ts';

let relay: FakeRelay;
let runner: TestRunner;

beforeEach(async () => {
  relay = await startFakeRelay();
  runner = await makeTestRunner([relay.url], relay.key);
});

afterEach(async () => {
  await runner.clean();
  await relay.close();
});

async function started(): Promise<DaemonHandle> {
  const daemon = await runner.start();
  await until(() => daemon.state().connected, 'online');
  return daemon;
}
const states = (id: SessionId): string[] => relay.facts(id, 'state').map(({ state }) => state);
const paths = (id: string) => sessionPaths(join(runner.home.sessions, id));

describe('the next attempt of a session', () => {
  it('runs on the same folder, and its end is told apart from that of the attempt before', async () => {
    await started();
    const assignment = await relay.assign();
    await relay.prompt(assignment.id, JSON.stringify([{ say: 'once' }, { finish: 'first' }]));
    await until(() => relay.facts(assignment.id, 'end').length === 1, 'the first end');
    const first = await runner.worker(assignment.id);
    await until(() => first !== undefined && !isAlive(first), 'the end of the first worker');
    await relay.assign({ ...assignment, attempt: 2, inboxAfter: 1 });
    await until(() => states(assignment.id).filter((state) => state === 'starting').length === 2, 'the second start');
    const second = await until(() => runner.worker(assignment.id), 'worker.json');
    process.kill(second.pid, 'SIGKILL');
    await until(() => relay.facts(assignment.id, 'end').length === 2, 'the second end');
    expect(relay.facts(assignment.id, 'end').map(({ outcome }) => outcome)).toEqual(['completed', 'failed']);
  });

  it('ends a worker of the attempt before that still runs, without a word in the log', async () => {
    await started();
    const assignment = await relay.assign();
    await relay.prompt(assignment.id, JSON.stringify([{ say: 'here' }, { hang: true }]));
    await until(() => states(assignment.id).includes('running'), 'the agent at work');
    const first = await until(() => runner.worker(assignment.id), 'worker.json');
    await relay.assign({ ...assignment, attempt: 2, inboxAfter: 1 });
    expect(isAlive(first)).toBe(false);
    await until(() => states(assignment.id).filter((state) => state === 'starting').length === 2, 'the second start');
    expect(relay.facts(assignment.id, 'end')).toHaveLength(0);
  });

  it('follows a sleep', async () => {
    const daemon = await started();
    const assignment = await relay.assign();
    await relay.prompt(assignment.id, JSON.stringify([{ waitForMessage: true }, { say: 'woken' }, { finish: 'done' }]));
    await until(() => relay.facts(assignment.id, 'consumed').length > 0, 'the agent at work');
    await daemon.stop({ workers: 'sleep' });
    expect(states(assignment.id).at(-1)).toBe('asleep');
    await started();
    expect(relay.hellos.at(-1)?.sessions).toMatchObject([{ id: assignment.id, live: false }]);
    await relay.assign({ ...assignment, attempt: 2, inboxAfter: 1 });
    await relay.prompt(assignment.id, 'wake up');
    await until(() => relay.facts(assignment.id, 'end').length === 1, 'the end');
    expect(JSON.stringify(relay.records(assignment.id))).toContain('woken');
  });
});

describe('what a dead worker leaves behind', () => {
  it.runIf(process.platform === 'linux')('is ended with it, in whatever process group it is', async () => {
    await started();
    const { id } = await relay.assign({ agent: 'command' });
    await relay.prompt(id, 'setsid sleep 987 & sleep 986');
    await until(async () => (await processesOf(id)).length >= 3, 'the processes of the command');
    const worker = await until(() => runner.worker(id), 'worker.json');
    process.kill(worker.pid, 'SIGKILL');
    await until(() => relay.facts(id, 'end').length > 0, 'the end');
    expect(await processesOf(id)).toEqual([]);
  });
});

describe('the environment of a worker', () => {
  it.runIf(process.platform === 'linux')(
    'has the mark of its session, and nothing of the runner that is not allowed',
    async () => {
      await started();
      const { id } = await relay.assign();
      const worker = await until(() => runner.worker(id), 'worker.json');
      const environment = await readFile(`/proc/${worker.pid}/environ`, 'utf8');
      expect(environment.split('\0')).toContain(`${SESSION_MARK}=${id}`);
      expect(environment).not.toContain('not for agents');
      expect(environment).not.toContain(relay.key);
    },
  );
});

describe('the local socket', () => {
  const say = async (message: unknown): Promise<string> => {
    const socket = connect(await daemonSocketPath(runner.home.path));
    socket.write(`${JSON.stringify(message)}\n`);
    let heard = '';
    socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    return heard;
  };

  it('is closed to whoever does not know the secret of the session, and to what is no message', async () => {
    await started();
    const { id } = await relay.assign();
    const worker = await until(() => runner.worker(id), 'worker.json');
    await until(() => states(id).includes('idle'), 'idle');
    const secret = await readFile(paths(id).secret, 'utf8');
    const hello = { type: 'hello', session: id, secret, pid: worker.pid, attempt: 1, last: { epoch: 0, seq: 0 } };
    expect(await say({ ...hello, secret: 'x' })).toBe('');
    expect(await say({ ...hello, session: newId('session') })).toBe('');
    expect(await say({ ...hello, pid: process.pid })).toBe('');
    expect(await say({ ...hello, attempt: 2 })).toBe('');
    expect(await say({ type: 'query', number: 1, what: 'list_runners' })).toBe('');
    expect(await say('garbage')).toBe('');
    await relay.prompt(id, JSON.stringify([{ finish: 'still here' }]));
    await until(() => relay.facts(id, 'end').length > 0, 'the end');
  });
});

describe('a folder', () => {
  it('that was accepted, and whose worker never ran, gets its worker from the next daemon', async () => {
    const daemon = await started();
    const { id } = await relay.assign();
    await until(() => states(id).includes('idle'), 'idle');
    await daemon.stop({ workers: 'kill' });
    const spec = await readJson(paths(id).spec, SessionFile);
    if (!spec.found) throw new Error('no spec');
    const fresh = newId('session');
    await mkdir(join(paths(fresh).folder), { recursive: true });
    await writeFile(paths(fresh).secret, 'secret');
    await writeJson(paths(fresh).spec, {
      ...spec.value,
      assignment: { ...spec.value.assignment, id: fresh, rootId: fresh },
    });
    await started();
    await until(() => states(fresh).includes('idle'), 'idle');
  });

  it('that is damaged is set aside, and the others are served', async () => {
    const broken = newId('session');
    await mkdir(paths(broken).folder);
    await writeFile(paths(broken).spec, '{"assignment": ');
    await started();
    const { id } = await relay.assign();
    await until(() => states(id).includes('idle'), 'idle');
    expect(await readdir(runner.home.sessions)).toEqual([id]);
    expect((await readdir(runner.home.aside))[0]).toContain(broken);
  });
});

describe('a child that is told no folder', () => {
  it('works where its parent does, when that is on this runner', async () => {
    const daemon = await started();
    const parent = await relay.assign({ cwd: runner.root });
    await relay.assign({ parentId: parent.id, rootId: parent.id, depth: 1 });
    expect(new Set(daemon.sessions().map(({ cwd }) => cwd)).size).toBe(1);
  });
});

describe('two daemons', () => {
  it('on one folder: one wins, and the other says who', async () => {
    const first = await runner.spawn();
    await expect(runner.spawn()).rejects.toThrow(`process ${first.pid}`);
    await until(() => relay.hellos.length === 1, 'hello');
  });
});

describe('a pid', () => {
  it('that another process has got is not taken for the worker', async () => {
    const daemon = await started();
    const { id } = await relay.assign();
    await relay.prompt(id, JSON.stringify([{ say: 'here' }, { hang: true }]));
    await until(() => states(id).includes('running'), 'the agent at work');
    const worker = await until(() => runner.worker(id), 'worker.json');
    await daemon.stop({ workers: 'leave' });
    process.kill(worker.pid, 'SIGKILL');
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await writeJson(paths(id).worker, { ...worker, pid: stranger.pid, attempt: 1, startedAt: 1 });
    await started();
    await until(() => relay.facts(id, 'end').length > 0, 'the end');
    expect(stranger.exitCode).toBeNull();
    expect(stranger.signalCode).toBeNull();
    stranger.kill('SIGKILL');
  });
});
