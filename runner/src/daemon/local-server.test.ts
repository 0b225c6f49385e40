import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SessionId } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DaemonToWorker } from '../process/local-protocol.ts';
import type { DaemonHandle } from './daemon.ts';
import { startFakeRelay, type FakeRelay } from './testing/fake-relay.ts';
import { makeTestRunner, until, type TestRunner } from './testing/test-runner.ts';

const TALKING_WORKER = fileURLToPath(new URL('./testing/talking-worker.mjs', import.meta.url));

let relay: FakeRelay;
let runner: TestRunner;
let daemon: DaemonHandle;

beforeEach(async () => {
  relay = await startFakeRelay();
  runner = await makeTestRunner([relay.url], relay.key);
  daemon = await runner.start({ workerCommand: [process.execPath, TALKING_WORKER] });
  await until(() => daemon.state().connected, 'online');
});

afterEach(async () => {
  await runner.clean();
  await relay.close();
});

/** What the daemon said to the session's worker, in order. */
async function heard(id: SessionId): Promise<DaemonToWorker[]> {
  const text = await readFile(join(runner.home.sessions, id, 'heard'), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [DaemonToWorker.parse(JSON.parse(line))]));
}
const hears = (id: SessionId, type: DaemonToWorker['type'], times = 1): Promise<DaemonToWorker> =>
  until(async () => (await heard(id)).filter((message) => message.type === type)[times - 1], `${type} to be heard`);

describe('what a daemon says to a worker', () => {
  it('begins with how things stand', async () => {
    const { id } = await relay.assign();
    await hears(id, 'inbox');
    expect((await heard(id)).slice(0, 2)).toEqual([
      { type: 'welcome', relayOnline: true, watched: false, acked: { epoch: 0, seq: 0 } },
      { type: 'inbox', position: 0 },
    ]);
  });

  it('has the answers of the relay to its questions', async () => {
    const { id } = await relay.assign();
    await hears(id, 'result', 2);
    const results = (await heard(id)).filter(({ type }) => type === 'result');
    expect(results).toEqual([
      { type: 'result', number: 1, ok: true, value: { children: [] } },
      { type: 'result', number: 2, ok: true, value: { runners: [] } },
    ]);
  });

  it('tells of what is new in the inbox, of who watches, and of the relay', async () => {
    const { id } = await relay.assign();
    await hears(id, 'welcome');
    await relay.prompt(id, 'hello');
    expect(await hears(id, 'inbox', 2)).toEqual({ type: 'inbox', position: 1 });
    relay.sockets.at(-1)?.emit('watch', { session: id, on: true });
    expect(await hears(id, 'watch')).toEqual({ type: 'watch', on: true });
    relay.sockets.at(-1)?.disconnect(true);
    expect(await hears(id, 'relay')).toEqual({ type: 'relay', online: false });
    expect(await hears(id, 'watch', 2)).toEqual({ type: 'watch', on: false });
    expect(await hears(id, 'relay', 2)).toEqual({ type: 'relay', online: true });
  });

  it('ends with how to end', async () => {
    const { id } = await relay.assign();
    await hears(id, 'welcome');
    await daemon.stop({ workers: 'sleep' });
    expect((await heard(id)).at(-1)).toEqual({ type: 'shutdown', how: 'sleep' });
    expect(relay.facts(id, 'end')).toMatchObject([
      { outcome: 'failed', detail: expect.stringContaining('exit code 0') },
    ]);
  });
});

describe('what a worker says to its daemon', () => {
  it('LINK-7 goes on to the relay as unfinished output only while somebody watches, in pieces that it takes', async () => {
    const { id } = await relay.assign();
    await hears(id, 'result', 2);
    expect(relay.deltas).toEqual([]);
    relay.sockets.at(-1)?.emit('watch', { session: id, on: true });
    await until(() => relay.deltas.length === 2, 'two deltas');
    expect(relay.deltas.map((delta) => (delta as { updates: unknown[] }).updates.length)).toEqual([64, 36]);
    expect(JSON.stringify(relay.deltas)).not.toContain('unseen');
  });
});
