import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundled } from '../daemon/testing/bundles.ts';
import { startFakeRelay, type FakeRelay } from '../daemon/testing/fake-relay.ts';
import { makeTestRunner, until, type TestRunner } from '../daemon/testing/test-runner.ts';
import { askDaemon } from '../home/control-client.ts';
import { forgetCredentials } from '../home/credentials.ts';
import { readRunnerState } from '../home/state-file.ts';
import { isAlive } from '../process/identity.ts';
import { superviseRunner, type Supervision, type SupervisorEvent } from './supervisor.ts';

let relay: FakeRelay;
let runner: TestRunner;
let running: Supervision | undefined;
let events: SupervisorEvent[];

beforeEach(async () => {
  relay = await startFakeRelay();
  runner = await makeTestRunner([relay.url], relay.key);
  events = [];
});

afterEach(async () => {
  await running?.stop({ workers: 'kill' });
  running = undefined;
  await runner.clean();
  await relay.close();
});

async function supervise(program?: string[], hungAfterS?: number): Promise<Supervision> {
  const command = program ?? [process.execPath, await bundled('daemon'), await bundled('worker')];
  running = superviseRunner({
    home: runner.home,
    command,
    // oxlint-disable-next-line node/no-process-env -- the edge of the test
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    logPath: 'the log',
    hungAfterS,
    onEvent: (event) => events.push(event),
  });
  return running;
}

describe('the supervisor', () => {
  it('starts a crashed daemon again, and its sessions are adopted', async () => {
    const supervision = await supervise();
    await supervision.ready;
    await until(() => relay.hellos.length === 1, 'hello');
    const { id } = await relay.assign();
    const worker = await until(() => runner.worker(id), 'worker.json');
    const state = await until(() => readRunnerState(runner.home), 'the state');
    process.kill(state.pid, 'SIGKILL');
    await until(() => relay.hellos.length === 2, 'the second hello');
    expect(events.map(({ type }) => type)).toEqual(['ready', 'crashed', 'ready']);
    expect(relay.hellos[1]?.sessions).toMatchObject([{ id, live: true }]);
    expect(isAlive(worker)).toBe(true);
  });

  it.skipIf(process.platform !== 'linux')('keeps a daemon whose log cannot be written', async () => {
    await symlink('/dev/full', join(runner.home.logs, 'daemon.log'));
    const supervision = await supervise();
    await supervision.ready;
    await until(() => relay.hellos.length === 1, 'hello');
    const { id } = await relay.assign();
    await until(() => relay.facts(id, 'state').some(({ state }) => state === 'idle'), 'idle');
    expect(events.map(({ type }) => type)).toEqual(['ready']);
  });

  it('kills a daemon that hangs, starts another one, and its sessions are adopted', async () => {
    const supervision = await supervise(undefined, 2);
    await supervision.ready;
    await until(() => relay.hellos.length === 1, 'hello');
    const { id } = await relay.assign();
    const worker = await until(() => runner.worker(id), 'worker.json');
    const state = await until(() => readRunnerState(runner.home), 'the state');
    process.kill(state.pid, 'SIGSTOP');
    await until(() => relay.hellos.length === 2, 'the second hello');
    expect(events).toMatchObject([
      { type: 'ready' },
      { type: 'crashed', how: 'it hung, and was killed' },
      { type: 'ready' },
    ]);
    expect(relay.hellos[1]?.sessions).toMatchObject([{ id, live: true }]);
    expect(isAlive(worker)).toBe(true);
  });

  it('says over its control socket whether it runs, for how long, and what its sessions do', async () => {
    const supervision = await supervise();
    await supervision.ready;
    await until(() => relay.hellos.length === 1, 'hello');
    const { id } = await relay.assign();
    await until(() => relay.facts(id, 'state').some(({ state }) => state === 'idle'), 'idle');
    const daemon = await askDaemon(runner.home, { method: 'GET', path: '/api/daemon' });
    expect(daemon).toEqual({ running: true, pid: expect.any(Number), uptimeMs: expect.any(Number) });
    expect(await askDaemon(runner.home, { method: 'GET', path: '/sessions' })).toMatchObject({
      sessions: [{ id, state: 'live', activity: 'idle', pid: expect.any(Number), startedAt: expect.any(String) }],
    });
    await askDaemon(runner.home, { method: 'POST', path: '/sessions/stop', body: { id } });
    expect(await runner.worker(id)).toSatisfy((worker) => worker === undefined || !isAlive(worker));
    const stopAgain = askDaemon(runner.home, { method: 'POST', path: '/sessions/stop', body: { id } });
    await expect(stopAgain).rejects.toMatchObject({ code: 'not_found' });
  });

  it('takes no new sessions while it is paused, says why, and remembers it over a restart', async () => {
    const supervision = await supervise();
    await supervision.ready;
    await until(() => relay.hellos.length === 1, 'hello');
    await askDaemon(runner.home, { method: 'POST', path: '/pause' });
    const state = await until(() => readRunnerState(runner.home), 'the state');
    process.kill(state.pid, 'SIGKILL');
    await until(() => relay.hellos.length === 2, 'the second hello');
    await expect(relay.assign()).rejects.toThrow('capacity: This runner takes no new sessions: it is paused');
    expect(await askDaemon(runner.home, { method: 'GET', path: '/status' })).toMatchObject({
      paused: true,
      health: { refuses: expect.stringContaining('paused') },
    });
    await askDaemon(runner.home, { method: 'POST', path: '/resume' });
    const { id } = await relay.assign();
    await until(() => runner.worker(id), 'worker.json');
  });

  it('stops the daemon in order and leaves the sessions, when told so', async () => {
    const supervision = await supervise();
    await until(() => relay.hellos.length === 1, 'hello');
    const { id } = await relay.assign();
    const worker = await until(() => runner.worker(id), 'worker.json');
    await supervision?.stop({ workers: 'leave' });
    expect(await supervision.over).toEqual({ how: 'stopped' });
    expect(relay.byes).toHaveLength(1);
    expect(isAlive(worker)).toBe(true);
    expect(await readRunnerState(runner.home)).toMatchObject({ connected: false, link: { state: 'closed' } });
  });

  it('puts the sessions to sleep, when told so, and the relay has their last word', async () => {
    const supervision = await supervise();
    await until(() => relay.hellos.length === 1, 'hello');
    const { id } = await relay.assign();
    await until(() => relay.facts(id, 'state').some(({ state }) => state === 'idle'), 'idle');
    const worker = await until(() => runner.worker(id), 'worker.json');
    await supervision?.stop({ workers: 'sleep' });
    expect(isAlive(worker)).toBe(false);
    const last = relay.records(id).at(-1);
    expect(last?.kind === 'end' || (last?.kind === 'state' && last.state === 'asleep')).toBe(true);
  });

  it('ends when the daemon is stopped over its control socket', async () => {
    const supervision = await supervise();
    await supervision.ready;
    expect(await askDaemon(runner.home, { method: 'GET', path: '/ping' })).toMatchObject({ ok: true, version: 'test' });
    expect(await askDaemon(runner.home, { method: 'GET', path: '/sessions' })).toEqual({ sessions: [] });
    await expect(askDaemon(runner.home, { method: 'GET', path: '/nothing' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(
      askDaemon(runner.home, { method: 'POST', path: '/stop', body: { workers: 'x' } }),
    ).rejects.toMatchObject({
      code: 'bad_request',
    });
    await askDaemon(runner.home, { method: 'POST', path: '/stop', body: { workers: 'leave' } });
    expect(await supervision.over).toEqual({ how: 'stopped' });
  });

  it('gives up at once, with the reason, what no restart can mend', async () => {
    await forgetCredentials(runner.home);
    const supervision = await supervise();
    await expect(supervision.ready).rejects.toThrow('has not joined a relay');
    expect(await supervision.over).toMatchObject({ how: 'gave_up' });
    expect(events).toEqual([]);
  });

  it('gives up a folder that another daemon has, and says who', async () => {
    await runner.start();
    const supervision = await supervise();
    await expect(supervision.ready).rejects.toThrow(`process ${process.pid}`);
  });

  it('gives up a daemon that crashes again and again', async () => {
    const supervision = await supervise([process.execPath, '-e', 'console.error("no luck"); process.exit(3)']);
    const exit = await supervision.over;
    expect(exit).toMatchObject({ how: 'gave_up' });
    expect(exit.how === 'gave_up' && exit.why).toContain(
      'crashed 5 times within 60 seconds (last: exit code 3: no luck)',
    );
  });
});
