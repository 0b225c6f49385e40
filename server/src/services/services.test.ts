import { newId, type SessionId, START } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ANN, openTestServices, type TestRunner, type TestServices } from './testing.ts';

let services: TestServices;
let pi: TestRunner;
let root: SessionId;

beforeEach(async () => {
  services = await openTestServices();
  pi = await services.runner('pi');
  await pi.hello();
  root = (await services.sessions.create(ANN, { prompt: 'lead' })).session.id;
});
afterEach(() => services.close());

const spawn = async () => {
  const sessionId = newId('session');
  await pi.fact(root, { kind: 'spawn', sessionId, spec: { prompt: 'sub' } });
  return sessionId;
};

describe('starting sessions', () => {
  test('TREE-2 the same key returns the same session, another body is refused', async () => {
    const first = await services.sessions.create(ANN, { prompt: 'a', key: 'k' });
    const again = await services.sessions.create(ANN, { prompt: 'a', key: 'k' });
    expect([first.created, again.created, again.session.id]).toEqual([true, false, first.session.id]);
    await expect(services.sessions.create(ANN, { prompt: 'b', key: 'k' })).rejects.toMatchObject({
      code: 'key_reused',
    });
  });

  test('TREE-2 twenty requests with one key make one session', async () => {
    const made = await Promise.all(
      Array.from({ length: 20 }, () => services.sessions.create(ANN, { prompt: 'a', key: 'race' })),
    );
    expect(new Set(made.map(({ session }) => session.id)).size).toBe(1);
    expect(made.filter(({ created }) => created)).toHaveLength(1);
  });

  test('TREE-4 the limit of children holds against spawns at once', async () => {
    const spawns = Array.from({ length: 12 }, () => services.sessions.create(ANN, { prompt: 'x', parentId: root }));
    const settled = await Promise.allSettled(spawns);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
    expect((await services.sessions.tree(ANN, root)).children).toHaveLength(8);
  });

  test('TREE-5 a session for a runner that is away is queued and says so', async () => {
    await services.runners.disconnected(pi.open, true);
    const { session } = await services.sessions.create(ANN, { prompt: 'later', runnerId: pi.id });
    expect(session).toMatchObject({ status: 'queued', waiting: 'queued (runner pi is offline)' });
  });

  test('is found by words of its title, folder and labels, and described anew', async () => {
    const spec = { prompt: 'x', title: 'API refactor', cwd: '/code/auth', labels: { team: 'blue' } };
    const { session } = await services.sessions.create(ANN, spec);
    const found = async (search: string) =>
      (await services.sessions.list(ANN, { state: 'all', limit: 50, search })).sessions.map(({ id }) => id);
    expect(await found('refactor TEAM=blue')).toEqual([session.id]);
    expect(await found('/code/auth')).toEqual([session.id]);
    expect(await found('refactor red')).toEqual([]);
    await services.sessions.describe(ANN, session.id, { title: 'Token work', labels: { team: 'red' } });
    expect(await found('token team=red')).toEqual([session.id]);
    expect(await found('refactor')).toEqual([]);
    await services.sessions.describe(ANN, session.id, { labels: {} });
    expect(await services.sessions.get(ANN, session.id)).toMatchObject({ title: 'Token work', labels: {} });
  });

  test('another namespace sees nothing of it', async () => {
    const stranger = { ...ANN, ns: 'other' };
    await expect(services.sessions.get(stranger, root)).rejects.toMatchObject({ code: 'not_found' });
    await expect(services.sessions.create(stranger, { prompt: 'x', parentId: root })).rejects.toMatchObject({
      code: 'parent_unknown',
    });
    expect((await services.sessions.list(stranger, { state: 'all', limit: 50 })).sessions).toEqual([]);
  });
});

describe('taking frames', () => {
  test('LOG-4 events are in the log when they are acknowledged, and are told then', async () => {
    const ack = await pi.send(pi.eventFrame(root, ['one', 'two']));
    expect(ack).toMatchObject({ acked: { epoch: 1, seq: 2 }, refused: [] });
    expect((await services.sessions.readLog(ANN, root, { after: START, limit: 10 })).frames).toHaveLength(1);
    expect(services.hints).toContainEqual(expect.objectContaining({ type: 'frames', session: root }));
  });

  test('the facts of a log are read without its events', async () => {
    await pi.send(pi.eventFrame(root, ['one', 'two']));
    await pi.fact(root, { kind: 'tell', messageId: newId('message'), sessionId: await spawn(), text: 'hm' });
    await pi.send(pi.eventFrame(root, ['three']));
    const read = await services.sessions.readLog(ANN, root, { after: START, limit: 10, kind: 'fact' });
    expect(read.frames.map(({ kind }) => kind)).toEqual(['fact', 'fact']);
    expect(read.next).toBe(`${read.head.epoch}-${read.head.seq}`);
  });

  test('LOG-5 a fact that comes twice is applied once', async () => {
    const sessionId = newId('session');
    const frame = pi.factFrame(root, { kind: 'spawn', sessionId, spec: { prompt: 'sub' } });
    const acks = [await pi.send(frame), await pi.send(frame)];
    expect(acks.map(({ acked, refused }) => [acked.seq, refused.length])).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect((await services.sessions.tree(ANN, root)).children).toHaveLength(1);
  });

  test('VIEW-1 a frame that comes again is told again: the relay that stored it may have died before it told anybody', async () => {
    const event = pi.eventFrame(root, ['shown']);
    await pi.send(event);
    const fact = pi.factFrame(root, { kind: 'state', state: 'running' });
    await pi.send(fact);
    services.hints.length = 0;
    await pi.send(event);
    await pi.send(fact);
    expect(services.hints).toEqual([
      expect.objectContaining({ type: 'frames', frames: [event] }),
      expect.objectContaining({ type: 'frames', frames: [fact] }),
    ]);
  });

  test('LOG-6 another frame at a taken place starts a new epoch', async () => {
    const frame = pi.eventFrame(root, ['true']);
    await pi.send(frame);
    expect(await pi.send({ ...frame, id: newId('frame') })).toMatchObject({
      verdict: 'new_epoch',
      acked: { epoch: 1, seq: 1 },
    });
  });

  test('LOG-7 a hole is refused with what the store has', async () => {
    await pi.send(pi.eventFrame(root, ['one']));
    pi.eventFrame(root, ['lost on the way']);
    expect(await pi.send(pi.eventFrame(root, ['three']))).toMatchObject({
      verdict: 'replay_from',
      acked: { epoch: 1, seq: 1 },
    });
  });

  test('LOG-9 events and facts of one packet are taken in order', async () => {
    const triggerId = newId('trigger');
    const frames = [
      pi.eventFrame(root, ['before']),
      pi.factFrame(root, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'go?' } }),
      pi.eventFrame(root, ['after']),
    ];
    expect(await pi.send(...frames)).toMatchObject({ acked: { epoch: 1, seq: 3 } });
    expect(await services.triggers.get(ANN, triggerId)).toMatchObject({
      state: { state: 'escalated' },
      path: [{ id: root }],
    });
    expect(
      (await services.sessions.readLog(ANN, root, { after: START, limit: 10 })).frames.map(({ id }) => id),
    ).toEqual(frames.map(({ id }) => id));
  });

  test('LOG-10 a refused fact stays in the log and its refusal is in the inbox', async () => {
    const ack = await pi.fact(root, {
      kind: 'tell',
      messageId: newId('message'),
      sessionId: newId('session'),
      text: 'hello',
    });
    expect(ack).toMatchObject({ acked: { seq: 1 }, refused: [{ code: 'not_a_child' }] });
    const inbox = await services.inboxes.read(pi.open, root, 1);
    expect(inbox).toMatchObject([
      { position: 2, item: { kind: 'refusal', code: 'not_a_child', recordId: ack.refused[0]?.recordId } },
    ]);
  });

  test('LOG-11 a malformed frame does not disturb other sessions of the packet', async () => {
    const other = (await services.sessions.create(ANN, { prompt: 'x' })).session.id;
    const bad = { ...pi.eventFrame(root, ['x']), body: '[{"kind":"spawn"}]' };
    const acks = await services.logs.intake(pi.open, [bad, pi.eventFrame(other, ['fine'])]);
    expect(acks).toMatchObject([
      { session: root, verdict: 'new_epoch' },
      { session: other, acked: { seq: 1 } },
    ]);
    expect(acks[0]?.problem).toMatch(/no event/);
  });

  test('frames of another runner’s session are not taken', async () => {
    const desktop = await services.runner('desktop');
    await desktop.hello();
    expect(await desktop.send(desktop.eventFrame(root, ['mine now']))).toMatchObject({ verdict: 'not_yours' });
    expect((await services.sessions.readLog(ANN, root, { after: START, limit: 10 })).frames).toEqual([]);
  });
});

describe('triggers', () => {
  test('TRG-2 of many answers at once exactly one counts', async () => {
    const child = await spawn();
    const triggerId = newId('trigger');
    await pi.fact(child, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'which?' } });
    const answers = await Promise.allSettled([
      ...Array.from({ length: 8 }, (_, i) => services.triggers.respond(ANN, triggerId, { response: `person ${i}` })),
      pi.fact(root, { kind: 'answer', triggerId, response: 'parent' }),
    ]);
    const won = answers.filter(
      (answer) => answer.status === 'fulfilled' && !('refused' in answer.value && answer.value.refused.length > 0),
    );
    expect(won).toHaveLength(1);
    const inbox = await services.inboxes.read(pi.open, child, 0);
    expect(inbox.filter(({ item }) => item.kind === 'answer')).toHaveLength(1);
  });

  test('the same key gets the same reply, also after it was answered', async () => {
    const triggerId = newId('trigger');
    await pi.fact(root, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'which?' } });
    const body = { key: 'tap-1', response: 'this' };
    const first = await services.triggers.respond(ANN, triggerId, body);
    expect(await services.triggers.respond(ANN, triggerId, body)).toEqual(first);
    await expect(services.triggers.respond(ANN, triggerId, { response: 'this' })).rejects.toMatchObject({
      code: 'already_answered',
    });
  });

  test('TRG-11 receipts follow the answer to the runner and to the agent', async () => {
    const triggerId = newId('trigger');
    await pi.fact(root, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'which?' } });
    await services.triggers.respond(ANN, triggerId, { response: 'this' });
    const inbox = await services.inboxes.read(pi.open, root, 0);
    await services.inboxes.delivered(pi.open, root, inbox);
    expect(await services.triggers.get(ANN, triggerId)).toMatchObject({ state: { onRunnerAt: services.clock.at } });
    expect((await services.triggers.get(ANN, triggerId)).state).not.toHaveProperty('resumedAt');
    await pi.fact(root, { kind: 'consumed', position: inbox.at(-1)?.position ?? 0 });
    expect(await services.triggers.get(ANN, triggerId)).toMatchObject({ state: { resumedAt: services.clock.at } });
  });

  test('lists of open and escalated triggers show the path from the root', async () => {
    const child = await spawn();
    const triggerId = newId('trigger');
    await pi.fact(child, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'deep?' } });
    const query = { limit: 50 } as const;
    expect((await services.triggers.list(ANN, { ...query, state: 'open' })).triggers).toMatchObject([
      { id: triggerId, path: [{ id: root }, { id: child }] },
    ]);
    expect((await services.triggers.list(ANN, { ...query, state: 'escalated' })).triggers).toEqual([]);
    await services.triggers.escalate(ANN, triggerId, {});
    expect((await services.triggers.list(ANN, { ...query, state: 'escalated' })).triggers).toHaveLength(1);
    expect((await services.sessions.get(ANN, child)).status).toBe('needs_you');
  });
});

describe('viewers', () => {
  test('VIEW-1 a snapshot begins after the cursor, or says that it does not', async () => {
    for (let i = 0; i < 5; i++) await pi.send(pi.eventFrame(root, [`${i}`]));
    const fresh = await services.sessions.snapshot(ANN, { session: root, tail: 2 });
    expect(fresh).toMatchObject({ cursor: { epoch: 1, seq: 5 }, resync: false, earlier: true });
    const later = await services.sessions.snapshot(ANN, { session: root, after: { epoch: 1, seq: 3 } });
    expect(later.frames.map(({ first }) => first)).toEqual([4, 5]);
    const foreign = await services.sessions.snapshot(ANN, { session: root, after: { epoch: 1, seq: 99 } });
    expect(foreign.resync).toBe(true);
  });
});

describe('two relays on one store', () => {
  test('never decide on what the other has changed since', async () => {
    const other = services.another();
    const child = await spawn();
    const ask = async () => {
      const triggerId = newId('trigger');
      await pi.fact(child, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'which?' } });
      return triggerId;
    };
    for (let i = 0; i < 5; i++) {
      const triggerId = await ask();
      await other.triggers.escalate(ANN, triggerId, {});
      await services.triggers.respond(ANN, triggerId, { response: 'here' });
      await expect(other.triggers.respond(ANN, triggerId, { response: 'there' })).rejects.toMatchObject({
        code: 'already_answered',
      });
    }
    await other.sessions.stop(ANN, child, { tree: false, strength: 'stop' });
    await pi.fact(child, {
      kind: 'end',
      triggerId: newId('trigger'),
      outcome: 'cancelled',
      reason: 'cancelled',
      resumable: true,
    });
    await other.sessions.send(ANN, child, { text: 'again', deliverAs: 'followUp' });
    expect(await services.sessions.get(ANN, child)).toMatchObject({ lifecycle: { state: 'queued' }, attempt: 2 });
    await expect(services.sessions.remove(ANN, child)).rejects.toMatchObject({ code: 'conflict' });
    expect((await services.inboxes.read(pi.open, child, 0)).map(({ position }) => position)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
  });

  test('TRG-2 agree on one answer when both are given one at the same time', async () => {
    const other = services.another();
    const triggerId = newId('trigger');
    await pi.fact(root, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'which?' } });
    const answers = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) =>
        (i % 2 === 0 ? services : other).triggers.respond(ANN, triggerId, { response: `${i}` }),
      ),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await services.inboxes.read(pi.open, root, 0)).filter(({ item }) => item.kind === 'answer')).toHaveLength(
      1,
    );
  });
});
