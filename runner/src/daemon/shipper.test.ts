import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Position, SessionId } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AckedFile, SessionFile, sessionPaths } from '../process/session-folder.ts';
import { readJson, writeJson } from '../process/files.ts';
import type { DaemonHandle } from './daemon.ts';
import { startFakeRelay, type FakeRelay } from './testing/fake-relay.ts';
import { makeTestRunner, until, type TestRunner } from './testing/test-runner.ts';

let relay: FakeRelay;
let runner: TestRunner;
let daemon: DaemonHandle;

beforeEach(async () => {
  relay = await startFakeRelay();
  runner = await makeTestRunner([relay.url], relay.key);
  daemon = await runner.start({ ackMs: 300 });
  await until(() => daemon.state().connected, 'online');
});

afterEach(async () => {
  await runner.clean();
  await relay.close();
});

const emit = (count: number): string => JSON.stringify([{ emit: { count, bytes: 100 } }, { finish: 'done' }]);
const ended = (id: SessionId): Promise<unknown> => until(() => relay.facts(id, 'end').length > 0, 'the end');
/** Every record of a log has its own sequence and id, and none is missing. */
function expectWhole(id: SessionId): void {
  const frames = relay.logs.get(id) ?? [];
  let next = 1;
  for (const frame of frames) {
    expect(frame.first).toBe(next);
    next += frame.count;
  }
  const ids = relay.records(id).map((record) => record.id);
  expect(new Set(ids).size).toBe(ids.length);
}

describe('shipping', () => {
  it('LOG-2 LOG-4 sends everything, in order and once, though acknowledgements get lost', async () => {
    const { id } = await relay.assign();
    relay.behave.swallowAcks = 2;
    await relay.prompt(id, emit(300));
    await ended(id);
    expectWhole(id);
    expect(relay.hellos.length).toBeGreaterThan(1);
  });

  it('LOG-7 sends the rest again when the relay took a part', async () => {
    relay.behave.takeAtMost = 1;
    const { id } = await relay.assign();
    await relay.prompt(id, emit(300));
    await ended(id);
    expectWhole(id);
    expect(Math.max(...relay.packets.map((frames) => frames.length))).toBeGreaterThan(1);
  });

  it('sends everything, in order and once, though the link breaks all the time', async () => {
    const { id } = await relay.assign();
    const breaking = setInterval(() => relay.sockets.at(-1)?.disconnect(true), 100);
    await relay.prompt(
      id,
      JSON.stringify([{ emit: { count: 2000, bytes: 100, perSecond: 2000 } }, { finish: 'done' }]),
    );
    await ended(id).finally(() => clearInterval(breaking));
    expectWhole(id);
    expect(relay.records(id).filter(({ kind }) => kind === 'update').length).toBeGreaterThanOrEqual(2000);
  });

  it('LINK-4 fills a store again that lost writes', async () => {
    const { id } = await relay.assign();
    await relay.prompt(id, emit(500));
    await ended(id);
    const before = relay.records(id).map((record) => record.id);
    relay.logs.get(id)?.splice(2);
    relay.behave.verdict = () => 'replay_from';
    relay.sockets.at(-1)?.disconnect(true);
    await ended(id);
    expect(relay.records(id).map((record) => record.id)).toEqual(before);
  });

  it('LINK-10 claims what the relay has lost, and sends nothing of it before it is taken in', async () => {
    const { id } = await relay.assign();
    await relay.prompt(id, emit(50));
    await ended(id);
    const before = relay.records(id).map((record) => record.id);
    relay.logs.delete(id);
    relay.behave.verdict = () => 'lost';
    const packets = relay.packets.length;
    relay.sockets.at(-1)?.disconnect(true);
    const claim = await until(() => relay.claims[0], 'the claim');
    expect(claim).toMatchObject({ id, ended: true, open: [] });
    expect(relay.packets).toHaveLength(packets);
    relay.behave.verdict = () => 'replay_from';
    relay.takeClaims();
    await ended(id);
    expect(relay.records(id).map((record) => record.id)).toEqual(before);
  });

  it('LINK-13 claims nothing that it has from another relay', async () => {
    const { id } = await relay.assign();
    await until(() => relay.facts(id, 'state').some(({ state }) => state === 'idle'), 'idle');
    await daemon.stop({ workers: 'leave' });
    const { spec } = sessionPaths(join(runner.home.sessions, id));
    const read = await readJson(spec, SessionFile);
    if (!read.found) throw new Error('the session has no spec');
    expect(read.value.relays).toEqual([relay.url]);
    await writeJson(spec, { ...read.value, relays: ['https://elsewhere.example'] });
    relay.behave.verdict = () => 'lost';
    daemon = await runner.start();
    await until(() => daemon.state().connected && daemon.sessions().length === 0, 'the session to be gone');
    expect(relay.claims).toEqual([]);
  });

  it('writes down how far the relay has the log, and a lost note costs only sending again', async () => {
    const { id } = await relay.assign();
    await relay.prompt(id, emit(10));
    await ended(id);
    await daemon.stop({ workers: 'leave' });
    const { acked } = sessionPaths(join(runner.home.sessions, id));
    const read = await readJson(acked, AckedFile);
    expect(read).toMatchObject({ found: true, value: { frame: relay.logs.get(id)?.at(-1)?.id } });
    await appendFile(acked, 'garbage');
    const packets = relay.packets.length;
    daemon = await runner.start();
    await until(() => daemon.state().connected, 'online');
    const last: Position | undefined = relay.hellos.at(-1)?.sessions[0]?.last;
    expect(read.found && read.value.position).toEqual(last);
    expectWhole(id);
    expect(relay.packets.length).toBeGreaterThanOrEqual(packets);
  });

  it('LINK-4 keeps the folder of a session aside that the relay disowns, and stops its worker', async () => {
    const { id } = await relay.assign();
    await until(() => relay.facts(id, 'state').some(({ state }) => state === 'idle'), 'idle');
    relay.behave.verdict = () => 'not_yours';
    relay.sockets.at(-1)?.disconnect(true);
    await until(() => daemon.sessions().length === 0, 'the session to be gone');
    expect(relay.facts(id, 'end')).toHaveLength(0);
  });

  it('LOG-6 sends nothing of an epoch any more once the relay asked for a new one', async () => {
    const { id } = await relay.assign();
    let told: number | undefined;
    relay.behave.ack = (ack) => {
      if (told !== undefined || relay.records(id).length < 100) return ack;
      told = relay.packets.length;
      return { ...ack, verdict: 'new_epoch' };
    };
    await relay.prompt(
      id,
      JSON.stringify([{ emit: { count: 2000, bytes: 100, perSecond: 2000 } }, { finish: 'done' }]),
    );
    await ended(id);
    const epochs = relay.packets.slice(told).flatMap((frames) => frames.map(({ epoch }) => epoch));
    expect(new Set(epochs)).toEqual(new Set([2]));
  });

  it('LINK-4 goes on in a new epoch when the relay does not recognise the log, with all that it did not have', async () => {
    const { id } = await relay.assign();
    await relay.prompt(
      id,
      JSON.stringify([{ say: 'first' }, { waitForMessage: true }, { say: 'second' }, { finish: 'done' }]),
    );
    await until(() => JSON.stringify(relay.records(id)).includes('first'), 'the first words');
    relay.behave.verdict = (_, have) => (have.epoch === 1 ? 'new_epoch' : 'resume');
    relay.sockets.at(-1)?.disconnect(true);
    await until(() => relay.hellos.length === 2, 'the second hello');
    await relay.prompt(id, 'go on');
    await ended(id);
    const epochs = (relay.logs.get(id) ?? []).map(({ epoch }) => epoch);
    expect(epochs.at(-1)).toBe(2);
    expect(JSON.stringify(relay.records(id))).toContain('second');
  });
});
