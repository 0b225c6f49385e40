import { newId, type SessionClaim, type SessionId, START } from '@treeline/shared';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ANN, openTestServices, type TestRunner, type TestServices } from './testing.ts';

let services: TestServices;
let pi: TestRunner;
/** Of the time before the store was lost. */
let id: SessionId;

beforeEach(async () => {
  services = await openTestServices();
  pi = await services.runner('pi');
  id = newId('session', services.clock.at - 60_000);
});
afterEach(() => services.close());

const claimed = (part: Partial<SessionClaim> = {}): SessionClaim => ({
  id,
  attempt: 1,
  agent: 'scripted',
  title: 'mine',
  labels: {},
  parentId: null,
  history: START,
  inboxPosition: 0,
  ended: false,
  open: [],
  ...part,
});

const spoolOf = (session: SessionId, acked = START) => ({
  id: session,
  attempt: 1,
  last: acked,
  lastFrame: null,
  acked,
  ackedFrame: null,
  inboxPosition: 0,
  live: true,
});

async function verdictsOf(sessions: readonly SessionId[], claims = true) {
  const welcome = await pi.hello({ sessions: sessions.map((session) => spoolOf(session)), claims });
  return welcome.sessions.map(({ verdict }) => verdict);
}

function claim(...claims: SessionClaim[]) {
  const who = { kind: 'runner', name: 'pi', id: pi.id } as const;
  const from = { over: 'socket', address: '127.0.0.1' } as const;
  return services.claims.claim(pi.open, claims, { ns: 'home', who, from, action: 'claim', named: [], told: false });
}

test('LINK-10 calls lost what is older than the store, for a runner that can claim it', async () => {
  const younger = newId('session', services.clock.at + 1);
  expect(await verdictsOf([id, younger])).toEqual(['lost', 'not_yours']);
  expect(await verdictsOf([id], false)).toEqual(['not_yours']);
  expect(await claim(claimed(), claimed({ id: younger }))).toEqual([
    { id, have: { epoch: 0, seq: 0 }, verdict: 'replay_from' },
    { id: younger, have: START, verdict: 'not_yours' },
  ]);
  expect(await verdictsOf([id])).toEqual(['resume']);
});

test('LINK-10 takes the log as history as far as it was acknowledged, and what follows as new', async () => {
  await verdictsOf([id]);
  const [first, second] = [newId('trigger'), newId('trigger')];
  const ask = (triggerId: typeof first, text: string) =>
    pi.factFrame(id, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text } });
  const frames = [
    pi.factFrame(id, { kind: 'state', state: 'running' }),
    ask(first, 'answered long ago'),
    pi.eventFrame(id, ['the last that was acknowledged']),
    ask(second, 'asked while the relay was away'),
  ];
  await claim(claimed({ history: { epoch: 1, seq: 3 }, inboxPosition: 5 }));
  expect(await pi.send(...frames.slice(0, 3))).toMatchObject({ acked: { epoch: 1, seq: 3 }, refused: [] });
  expect(await pi.send(...frames.slice(0, 2))).toMatchObject({ acked: { epoch: 1, seq: 3 } });
  expect((await pi.send(...frames.slice(3))).refused).toEqual([]);
  const open = await services.triggers.open(ANN);
  expect(open.map((trigger) => trigger.id)).toEqual([second]);
  const { position } = await services.sessions.send(ANN, id, { text: 'after', deliverAs: 'followUp' });
  expect(position).toBe(6);
  expect(await services.inboxes.read(pi.open, id, 5)).toMatchObject([{ position: 6, item: { text: 'after' } }]);
});

test('LINK-10 leaves one line of the audit for each session, and none of what is history', async () => {
  await verdictsOf([id]);
  await claim(claimed({ history: { epoch: 1, seq: 1 } }));
  await claim(claimed({ history: { epoch: 1, seq: 1 } }));
  await pi.fact(id, { kind: 'tell', messageId: newId('message'), sessionId: newId('session', 1), text: 'x' });
  const lines = await services.store.list<{ line: { action: string; on: string } }>({
    ns: 'home',
    kind: 'audit',
    limit: 10,
  });
  expect(lines.map(({ value }) => value.line)).toMatchObject([{ action: 'claim', on: id }]);
});

test('LINK-13 takes nothing of another runner, and nothing that was deleted', async () => {
  const other = await services.runner('other');
  const theirs = newId('session', services.clock.at - 60_000);
  const here = { from: { over: 'socket', address: '127.0.0.1' }, action: 'claim', named: [], told: false } as const;
  const byOther = () => {
    const who = { kind: 'runner', name: 'other', id: other.id } as const;
    return services.claims.claim(other.open, [claimed({ id: theirs, ended: true })], { ns: 'home', who, ...here });
  };
  await other.hello();
  await pi.hello();
  expect(await byOther()).toMatchObject([{ verdict: 'replay_from' }]);
  expect(await claim(claimed({ id: theirs }))).toMatchObject([{ verdict: 'not_yours' }]);
  expect(await services.sessions.get(ANN, theirs)).toMatchObject({ runnerId: other.id });
  await services.sessions.remove(ANN, theirs);
  expect(await byOther()).toMatchObject([{ verdict: 'not_yours' }]);
});
