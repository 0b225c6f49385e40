import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EntryReader } from '../process/entry-file.ts';
import { isAlive } from '../process/identity.ts';
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

const online = (): Promise<true> => until(() => relay.hellos.length > 0, 'hello').then(() => true as const);
const script = (steps: unknown[]): string => JSON.stringify(steps);

describe('a session on a runner', () => {
  it('runs an assigned session to its end, and the relay has its whole log', async () => {
    await runner.start();
    await online();
    const { id } = await relay.assign({ cwd: runner.root });
    expect(await relay.prompt(id, script([{ say: 'hello' }, { finish: 'all done' }]))).toBe(1);
    await until(() => relay.facts(id, 'end').length > 0, 'the end');
    expect(relay.facts(id, 'end')).toMatchObject([{ outcome: 'completed', summary: 'all done' }]);
    expect(JSON.stringify(relay.records(id))).toContain('hello');
  });

  it('takes the same assignment twice as one', async () => {
    await runner.start();
    await online();
    const assignment = await relay.assign();
    await relay.assign(assignment);
    await until(() => relay.facts(assignment.id, 'state').some(({ state }) => state === 'idle'), 'idle');
    expect(relay.facts(assignment.id, 'state').filter(({ state }) => state === 'starting')).toHaveLength(1);
  });

  it('INB-2 INB-3 puts an item into the inbox once, however often it comes', async () => {
    await runner.start();
    await online();
    const { id } = await relay.assign();
    await relay.prompt(id, 'one');
    const item = {
      id: 'msg_00000000000000000000000001',
      at: 1,
      kind: 'prompt',
      text: 'two',
      deliverAs: 'followUp',
      from: { kind: 'relay' },
    };
    const gap = await relay.send('inbox', { session: id, entries: [{ position: 3, item }] });
    expect(gap).toEqual({ ok: true, value: { position: 1 } });
    for (let time = 0; time < 3; time++) {
      const again = await relay.send('inbox', { session: id, entries: [{ position: 2, item }] });
      expect(again).toEqual({ ok: true, value: { position: 2 } });
    }
    await until(() => relay.facts(id, 'consumed').some(({ position }) => position === 2), 'both consumed');
    const inbox = new EntryReader({ path: join(runner.home.sessions, id, 'inbox'), after: 0 });
    expect((await inbox.next(10)).map(({ position }) => position)).toEqual([1, 2]);
    await inbox.close();
  });
});

describe('unfinished output', () => {
  it('LINK-7 is sent only while somebody watches', async () => {
    await runner.start();
    await online();
    const { id } = await relay.assign({ agent: 'command' });
    await relay.prompt(id, 'for i in 1 2 3 4 5; do echo $i; done; read -t 60 line; echo');
    await until(() => JSON.stringify(relay.records(id)).includes('5'), 'the output');
    expect(relay.deltas).toEqual([]);
    const watched = await relay.assign({ agent: 'command' });
    relay.sockets.at(-1)?.emit('watch', { session: watched.id, on: true });
    await relay.prompt(watched.id, 'while true; do echo again; sleep 0.02; done');
    await until(() => relay.deltas.length > 0, 'a delta');
    expect(relay.deltas[0]).toMatchObject({ session: watched.id });
  });
});

describe('a worker that dies', () => {
  it('TRG-10 has its end at the relay within 3 seconds of a kill -9', async () => {
    await runner.start();
    await online();
    const { id } = await relay.assign();
    await relay.prompt(id, script([{ say: 'here' }, { hang: true }]));
    await until(() => JSON.stringify(relay.records(id)).includes('here'), 'the agent at work');
    const worker = await runner.worker(id);
    const killedAt = Date.now();
    process.kill(worker?.pid ?? 0, 'SIGKILL');
    await until(() => relay.facts(id, 'end').length > 0, 'the end');
    expect(Date.now() - killedAt).toBeLessThan(3000);
    const [end] = relay.facts(id, 'end');
    expect(end).toMatchObject({ outcome: 'failed', reason: 'signal' });
    expect(end?.detail).toContain('SIGKILL');
  });
});

describe('a daemon that dies', () => {
  it('leaves its sessions running, and the next one adopts them', async () => {
    const first = await runner.spawn();
    await online();
    const { id } = await relay.assign();
    await relay.prompt(id, script([{ say: 'before' }, { waitForMessage: true }, { say: 'after' }, { finish: 'ok' }]));
    await until(() => JSON.stringify(relay.records(id)).includes('before'), 'the agent at work');
    const worker = await until(() => runner.worker(id), 'worker.json');
    first.kill('SIGKILL');
    await until(() => first.exitCode !== null || first.signalCode !== null, 'the death of the daemon');
    expect(isAlive(worker)).toBe(true);

    await runner.spawn();
    await until(() => relay.hellos.length === 2, 'the second hello');
    expect(relay.hellos[1]?.sessions).toMatchObject([{ id, live: true, inboxPosition: 1 }]);
    expect(relay.hellos[1]?.generation).toBe((relay.hellos[0]?.generation ?? 0) + 1);
    await relay.prompt(id, 'go on');
    await until(() => relay.facts(id, 'end').length > 0, 'the end');
    expect(relay.facts(id, 'end')).toMatchObject([{ outcome: 'completed' }]);
    expect(await runner.worker(id)).toEqual(worker);
  });

  it('stops in order when its supervisor is gone, and leaves its sessions running', async () => {
    const daemon = await runner.spawn();
    await online();
    const { id } = await relay.assign();
    const worker = await until(() => runner.worker(id), 'worker.json');
    daemon.disconnect();
    await until(() => daemon.exitCode !== null, 'the end of the daemon');
    expect(daemon.exitCode).toBe(0);
    expect(relay.byes).toHaveLength(1);
    expect(isAlive(worker)).toBe(true);
  });

  it('is followed by one that ends what died meanwhile', async () => {
    const first = await runner.spawn();
    await online();
    const { id } = await relay.assign();
    await relay.prompt(id, script([{ say: 'before' }, { hang: true }]));
    await until(() => JSON.stringify(relay.records(id)).includes('before'), 'the agent at work');
    const worker = await until(() => runner.worker(id), 'worker.json');
    first.kill('SIGKILL');
    process.kill(worker.pid, 'SIGKILL');
    await until(() => !isAlive(worker) && first.signalCode !== null, 'both deaths');

    await runner.spawn();
    await until(() => relay.facts(id, 'end').length > 0, 'the end');
    expect(relay.facts(id, 'end')).toMatchObject([{ outcome: 'failed', reason: 'signal' }]);
  });
});
