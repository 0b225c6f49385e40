import { type Frame, lastSeq, newId, type SessionId } from '@treeline/shared';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FRAMES_KEPT, trimLogs } from './log-retention.ts';
import { ANN, openTestServices, type TestRunner, type TestServices } from './testing.ts';

const DAY_MS = 24 * 3600_000;

let services: TestServices;
let pi: TestRunner;
let root: SessionId;
let ns: string;

beforeEach(async () => {
  services = await openTestServices();
  pi = await services.runner('pi');
  await pi.hello();
  ({ ns } = pi.open);
  root = (await services.sessions.create(ANN, { prompt: 'lead' })).session.id;
});
afterEach(() => services.close());

/** Frames of two entries each, made at the time of the clock of the test. */
async function say(frames: number): Promise<void> {
  const made = Array.from({ length: frames }, (_, n) => ({
    ...pi.eventFrame(root, [`${n}`, 'and more']),
    id: newId('frame', services.clock.at),
  }));
  await pi.send(...made);
}

const trim = (bounds: { keepMs?: number; keepEntries?: number }) =>
  trimLogs({ store: services.store, clock: services.clock, ns, keepMs: 0, keepEntries: 0, ...bounds });
const firstOf = async () => (await services.store.readLog(ns, root, { limit: 1 }))[0]?.first;
const trimmed = () => services.store.trimmedTo(ns, root);
const sequences = (frames: readonly Frame[]) =>
  frames.flatMap(({ first, count }) => Array.from({ length: count }, (_, at) => first + at));

test('LOG-14 entries older than the bound go, the last frames stay however old', async () => {
  await say(150);
  services.clock.at += 3 * DAY_MS;
  await say(120);
  await trim({});
  expect(await firstOf()).toBe(1);
  await trim({ keepMs: 4 * DAY_MS });
  expect(await firstOf()).toBe(1);
  await trim({ keepMs: 2 * DAY_MS });
  expect(await firstOf()).toBe(301);
  expect(await trimmed()).toEqual({ epoch: 1, seq: 300 });
  services.clock.at += 3 * DAY_MS;
  await trim({ keepMs: DAY_MS });
  expect(await services.store.readLogTail(ns, root, 500)).toHaveLength(FRAMES_KEPT);
  expect(await trimmed()).toEqual({ epoch: 1, seq: 340 });
});

test('LOG-14 of many entries the last stay, in whole frames, and the log goes on', async () => {
  await say(180);
  await trim({ keepEntries: 250 });
  expect(await firstOf()).toBe(111);
  await say(60);
  await trim({ keepEntries: 251 });
  expect(await firstOf()).toBe(229);
  await trim({ keepEntries: 10 });
  expect(await firstOf()).toBe(281);
  expect(sequences(await services.store.readLog(ns, root, { limit: 500 }))).toEqual(
    Array.from({ length: 200 }, (_, at) => 281 + at),
  );
});

test('LOG-14 nothing goes of a session that waits for an answer', async () => {
  await say(150);
  const triggerId = newId('trigger');
  await pi.fact(root, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'which?' } });
  await trim({ keepEntries: 10 });
  expect(await firstOf()).toBe(1);
  await services.triggers.respond(ANN, triggerId, { response: 'this' });
  await trim({ keepEntries: 10 });
  expect(await firstOf()).toBe(103);
});

test('VIEW-3 who reads from before what was removed is told how far it went, who reads behind it is not', async () => {
  await say(150);
  await trim({ keepEntries: 10 });
  const removed = { epoch: 1, seq: 100 };
  const read = (query: object) => services.sessions.readLog(ANN, root, { limit: 500, ...query });
  expect(await read({})).toMatchObject({ removed, next: '1-300' });
  expect(await read({ after: { epoch: 1, seq: 99 } })).toMatchObject({ removed });
  for (const query of [{ after: removed }, { after: { epoch: 1, seq: 300 } }, { tail: 99 }])
    expect(await read(query)).not.toHaveProperty('removed');
  for (const tail of [100, 500]) expect(await read({ tail })).toMatchObject({ removed });
});

test('VIEW-3 a cursor before what was removed gets resync, one behind it goes on', async () => {
  await say(150);
  const attach = (query: object) => services.sessions.snapshot(ANN, { session: root, ...query });
  expect(await attach({ after: { epoch: 1, seq: 50 } })).toMatchObject({ resync: false });
  await trim({ keepEntries: 10 });
  const removed = { epoch: 1, seq: 100 };
  const behind = await attach({ after: { epoch: 1, seq: 50 } });
  expect(behind).toMatchObject({ resync: true, removed, earlier: false, cursor: { epoch: 1, seq: 300 } });
  expect(sequences(behind.frames)).toEqual(Array.from({ length: 200 }, (_, at) => 101 + at));
  const onward = await attach({ after: removed });
  expect(onward).toMatchObject({ resync: false, earlier: false });
  expect(onward).not.toHaveProperty('removed');
  expect(onward.frames.map(lastSeq).at(0)).toBe(102);
  expect(await attach({ tail: 100 })).toMatchObject({ removed, earlier: false });
  const part = await attach({ tail: 10 });
  expect(part).toMatchObject({ earlier: true });
  expect(part).not.toHaveProperty('removed');
});

test('LOG-14 a runner that sends again what was removed is told that it is there', async () => {
  const frames = Array.from({ length: 150 }, (_, n) => pi.eventFrame(root, [`${n}`]));
  await pi.send(...frames);
  await trim({ keepEntries: 10 });
  const again = await pi.send(...frames.slice(0, 60));
  expect(again).toMatchObject({ acked: { epoch: 1, seq: 150 } });
  expect(again).not.toHaveProperty('verdict');
  expect(await firstOf()).toBe(51);
});
