import { newId, type SessionId } from '@treeline/shared';
import { DEFAULT_NAMESPACE } from '../auth/credential.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, emit, startTestRelay, TestRunner, TestViewer, until, type TestRelay } from '../testing.ts';

let relay: TestRelay;
beforeAll(async () => {
  relay = await startTestRelay();
});
afterAll(() => relay.stop());

async function openRunner(): Promise<TestRunner> {
  const runner = await TestRunner.join(relay);
  await runner.hello(relay);
  return runner;
}

async function newSession(runner: TestRunner, prompt = 'hello'): Promise<SessionId> {
  const { body } = await relay.call('POST', '/api/v1/sessions', { body: { prompt, runnerId: runner.profile.id } });
  return (body as { id: SessionId }).id;
}

const starting = { kind: 'state', state: 'starting' } as const;

describe('namespace /runner', () => {
  it('is for runner keys only', async () => {
    const refused = (auth: object) =>
      connect(relay, '/runner', { auth }).then(
        () => 'connected',
        (error: { data?: { code: string } }) => error.data?.code,
      );
    expect(await refused({})).toBe('unauthenticated');
    expect(await refused({ key: 'tl_runner_nonsense' })).toBe('unauthenticated');
    expect(await refused({ key: 12 })).toBe('unauthenticated');
    expect(await refused({ key: relay.localKey() })).toBe('forbidden');
    expect(await refused({ key: await relay.joinToken() })).toBe('forbidden');
  });

  it('LINK-1 takes nothing before hello, and one hello only', async () => {
    const runner = await TestRunner.join(relay);
    await runner.connect(relay);
    expect(await emit(runner.socket, 'heartbeat', { fence: 1, health: { sessions: 0 } })).toMatchObject({
      ok: false,
      error: { code: 'bad_request' },
    });
    runner.socket.close();
    await runner.hello(relay);
    const again = { protocol: { min: 1, max: 1 }, runner: runner.profile, instance: 'x', generation: 9, sessions: [] };
    expect(await emit(runner.socket, 'hello', again)).toMatchObject({ ok: false, error: { code: 'bad_request' } });
    expect(await runner.request('heartbeat', { fence: runner.fence, health: { sessions: 0 } })).toMatchObject({
      time: expect.any(Number),
    });
  });

  it('LINK-2 refuses an event with the fence of an older link', async () => {
    const runner = await openRunner();
    const session = await newSession(runner);
    const stale = await emit(runner.socket, 'log', { fence: runner.fence - 1, frames: [runner.say(session, 'x')] });
    expect(stale).toMatchObject({ ok: false, error: { code: 'stale_fence' } });
  });

  it('LINK-13 takes no claim of what its welcome did not call lost', async () => {
    const runner = await TestRunner.join(relay);
    await runner.connect(relay);
    const [lost, unnamed] = [newId('session', 1), newId('session', 1)];
    const none = { epoch: 0, seq: 0 };
    const spool = { id: lost, attempt: 1, last: none, lastFrame: null, acked: none, ackedFrame: null };
    const { fence, sessions } = await runner.request('hello', {
      protocol: {
        min: 1,
        max: 1,
      },
      runner: runner.profile,
      instance: 'x',
      generation: 1,
      claims: true,
      sessions: [
        {
          ...spool,
          inboxPosition: 0,
          live: true,
        },
      ],
    });
    expect(sessions).toMatchObject([{ id: lost, verdict: 'lost' }]);
    const claim = (id: SessionId) => ({
      id,
      attempt: 1,
      agent: 'scripted',
      title: 'mine',
      labels: {},
      parentId: null,
      history: none,
      inboxPosition: 0,
      ended: false,
      open: [],
    });
    const said = (...claims: object[]) => emit(runner.socket, 'claim', { fence, sessions: claims });
    expect(await said(claim(unnamed))).toMatchObject({ error: { code: 'bad_request' } });
    expect(await said(claim(lost), claim(unnamed))).toMatchObject({ error: { code: 'bad_request' } });
    expect(await said()).toMatchObject({ error: { code: 'bad_request' } });
    expect(await said({ ...claim(lost), title: 'x'.repeat(201) })).toMatchObject({ error: { code: 'bad_request' } });
    expect(await said(...Array.from({ length: 17 }, () => claim(lost)))).toMatchObject({
      error: { code: 'bad_request' },
    });
    expect((await relay.call('GET', `/api/v1/sessions/${lost}`)).status).toBe(404);
    expect(await said(claim(lost))).toMatchObject({ ok: true, value: { sessions: [{ verdict: 'replay_from' }] } });
    expect((await relay.call('GET', `/api/v1/sessions/${lost}`)).body).toMatchObject({ title: 'mine' });
  });

  it('LINK-3 says goodbye to a daemon whose runner has connected anew', async () => {
    const runner = await openRunner();
    const { socket, heard } = runner;
    await runner.hello(relay);
    await until(() => !socket.connected);
    expect(heard).toContainEqual({ event: 'goodbye', payload: expect.objectContaining({ code: 'superseded' }) });
    expect(runner.socket.connected).toBe(true);
  });

  it('assigns sessions before it pushes their inboxes, at hello those that waited', async () => {
    const runner = await openRunner();
    const first = await newSession(runner);
    await until(() => runner.inbox.get(first)?.length === 1);
    runner.socket.close();
    const waiting = await newSession(runner, 'while away');
    runner.heard.length = 0;
    await runner.hello(relay);
    await until(() => runner.inbox.get(waiting)?.length === 1);
    const events = runner.heard
      .filter(({ payload }) => JSON.stringify(payload).includes(waiting))
      .map(({ event }) => event);
    expect(events).toEqual(['assign', 'inbox']);
  });

  it('ends a session that its runner refuses, and pushes it nothing', async () => {
    const runner = await openRunner();
    runner.answer.assign = (payload: { sessions: { id: SessionId }[] }) => ({
      ok: true,
      value: {
        accepted: [],
        refused: payload.sessions.map(({ id }) => ({ id, code: 'cwd_refused', message: 'not below /srv' })),
      },
    });
    const session = await newSession(runner);
    const view = await until(async () => {
      const { body } = await relay.call('GET', `/api/v1/sessions/${session}`);
      const { lifecycle } = body as { lifecycle: { state: string; detail?: string } };
      return lifecycle.state === 'ended' && lifecycle;
    });
    expect(view).toMatchObject({
      outcome: 'failed',
      reason: 'config',
      detail: expect.stringContaining('not below /srv'),
    });
    expect(runner.inbox.get(session)).toBeUndefined();
  });

  it('INB-2 brings with the next heartbeat what was stored by a relay that died before it could tell', async () => {
    const runner = await openRunner();
    const session = await newSession(runner);
    await until(() => runner.inbox.get(session)?.length === 1);
    const item = { id: newId('message'), at: 1, kind: 'stop', strength: 'stop', from: { kind: 'relay' } } as const;
    await relay.store.commit({ ns: DEFAULT_NAMESPACE, inbox: [{ session, item }] });
    await runner.request('heartbeat', { fence: runner.fence, health: { sessions: 1 } });
    await until(() => runner.inbox.get(session)?.length === 2);
    expect(runner.inbox.get(session)?.at(-1)).toMatchObject({ position: 2, item: { id: item.id } });
  });

  it('begins behind the inbox position that the runner names at hello', async () => {
    const runner = await openRunner();
    const session = await newSession(runner);
    await until(() => runner.inbox.get(session)?.length === 1);
    await runner.send(runner.fact(session, starting));
    runner.socket.close();
    await relay.call('POST', `/api/v1/sessions/${session}/inbox`, { body: { text: 'more' } });
    runner.heard.length = 0;
    const nothing = { epoch: 0, seq: 0 };
    await runner.hello(relay, [
      {
        id: session,
        attempt: 1,
        last: { epoch: 1, seq: 1 },
        lastFrame: null,
        acked: nothing,
        ackedFrame: null,
        inboxPosition: 1,
        live: true,
      },
    ]);
    await until(() => runner.inbox.get(session)?.length === 2);
    const pushes = runner.heard.filter(({ event }) => event === 'inbox');
    expect(pushes).toMatchObject([
      { payload: { session, entries: [{ position: 2, item: { kind: 'prompt', text: 'more' } }] } },
    ]);
  });

  it('brings a question to the parent and its answer to the child, each by its own event', async () => {
    const runner = await openRunner();
    const parent = await newSession(runner);
    const child = newId('session');
    await runner.send(
      runner.fact(parent, starting),
      runner.fact(parent, { kind: 'spawn', sessionId: child, spec: { prompt: 'help' } }),
    );
    await until(() => runner.inbox.get(child)?.length === 1);
    const triggerId = newId('trigger');
    await runner.send(
      runner.fact(child, starting),
      runner.fact(child, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'which one?' } }),
    );
    await until(() =>
      runner.inbox.get(parent)?.some(({ event, item }) => event === 'session_trigger' && item.kind === 'trigger'),
    );
    await runner.send(runner.fact(parent, { kind: 'answer', triggerId, response: 'the red one' }));
    await until(() =>
      runner.inbox.get(child)?.some(({ event, item }) => event === 'trigger_response' && item.kind === 'answer'),
    );
    expect((await relay.call('GET', `/api/v1/triggers/${triggerId}`)).body).toMatchObject({
      state: { state: 'answered', response: 'the red one' },
    });
    expect(await runner.request('list_children', { fence: runner.fence, session: parent })).toMatchObject({
      children: [{ sessionId: child }],
    });
    expect(await runner.request('list_runners', { fence: runner.fence, session: parent })).toMatchObject({
      runners: expect.arrayContaining([expect.objectContaining({ runnerId: runner.profile.id, self: true })]),
    });
  });

  it('takes log packets of one link in the order they came, though none waits for the one before', async () => {
    const runner = await openRunner();
    const session = await newSession(runner);
    const frames = Array.from({ length: 40 }, (_, at) => runner.say(session, `line ${at}`));
    const acks = await Promise.all(frames.map((frame) => runner.send(frame)));
    expect(acks.map(({ sessions }) => sessions[0]?.acked.seq)).toEqual(frames.map((_, at) => at + 1));
    expect(acks.every(({ sessions }) => sessions[0]?.verdict === undefined)).toBe(true);
  });

  it('LINK-7 is told to send deltas while somebody watches, and they reach the watchers', async () => {
    const runner = await openRunner();
    const session = await newSession(runner);
    await until(() => runner.inbox.has(session));
    const viewer = await TestViewer.open(relay);
    await viewer.request('attach', { session });
    await until(() => runner.heard.find(({ event }) => event === 'watch'));
    const delta = {
      session,
      after: { epoch: 0, seq: 0 },
      updates: [{ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'Hel' } }],
    };
    runner.socket.emit('delta', delta);
    await until(() => viewer.heard.find(({ event }) => event === 'delta'));
    expect(viewer.heard.find(({ event }) => event === 'delta')?.payload).toEqual(delta);
    await viewer.request('detach', { session });
    await until(() => runner.heard.filter(({ event }) => event === 'watch').length === 2);
    expect(runner.heard.filter(({ event }) => event === 'watch').map(({ payload }) => payload)).toEqual([
      { session, on: true },
      { session, on: false },
    ]);
    viewer.socket.close();
  });

  it('shows no delta for a session that is not on the runner that sends it', async () => {
    const [owner, stranger] = [await openRunner(), await openRunner()];
    const session = await newSession(owner);
    const viewer = await TestViewer.open(relay);
    await viewer.request('attach', { session });
    const updates = [{ sessionUpdate: 'agent_message_chunk' }];
    stranger.socket.emit('delta', { session, after: { epoch: 0, seq: 0 }, updates });
    await stranger.request('heartbeat', { fence: stranger.fence, health: { sessions: 0 } });
    const frame = owner.say(session, 'mine');
    await owner.send(frame);
    await until(() => viewer.frames().length === 1);
    expect(viewer.heard.filter(({ event }) => event === 'delta')).toEqual([]);
    viewer.socket.close();
  });

  it('counts as offline at once after bye', async () => {
    const runner = await openRunner();
    await runner.request('bye', { fence: runner.fence });
    const { body } = await relay.call('GET', '/api/v1/runners');
    const { runners } = body as { runners: { id: string; online: boolean }[] };
    expect(runners.find(({ id }) => id === runner.profile.id)?.online).toBe(false);
    expect(await emit(runner.socket, 'heartbeat', { fence: runner.fence, health: { sessions: 0 } })).toMatchObject({
      ok: false,
    });
  });
});
