/** Two relays on one real Redis: who is on which must not matter. */
import { hasRedisServer, startRedisServer, type RedisServer } from '@treeline/test-support/redis-server.ts';
import { newId, type KeyView, type SessionId } from '@treeline/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestRelay, TestRunner, TestViewer, until, type TestRelay } from './testing.ts';

describe.skipIf(!hasRedisServer)('two relays on one Redis', () => {
  let redis: RedisServer;
  let east: TestRelay;
  let west: TestRelay;
  beforeAll(async () => {
    redis = await startRedisServer();
    [east, west] = await Promise.all([
      startTestRelay({ redisUrl: redis.url }),
      startTestRelay({ redisUrl: redis.url }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([east.stop(), west.stop()]);
    await redis.stop();
  });

  async function newSession(relay: TestRelay, runner: TestRunner): Promise<SessionId> {
    const { body } = await relay.call('POST', '/api/v1/sessions', {
      body: { prompt: 'hello', runnerId: runner.profile.id },
    });
    return (body as { id: SessionId }).id;
  }

  it('bring a session from one to its runner on the other, and its log back', async () => {
    const runner = await TestRunner.join(west);
    await runner.hello(west);
    const session = await newSession(east, runner);
    await until(() => runner.inbox.get(session)?.length === 1);
    const viewer = await TestViewer.open(east);
    await viewer.request('overview', {});
    await viewer.request('attach', { session });
    await until(() => runner.heard.find(({ event }) => event === 'watch'));
    const delta = { session, after: { epoch: 0, seq: 0 }, updates: [{ sessionUpdate: 'agent_message_chunk' }] };
    runner.socket.emit('delta', delta);
    await until(() => viewer.heard.find(({ event }) => event === 'delta'));
    const frames = Array.from({ length: 30 }, (_, at) => runner.say(session, `line ${at}`));
    await Promise.all(frames.map((frame) => runner.send(frame)));
    await until(() => viewer.frames().length === frames.length);
    expect(viewer.frames()).toEqual(frames);

    const triggerId = newId('trigger');
    await runner.send(
      runner.fact(session, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'which one?' } }),
    );
    await until(() =>
      viewer.heard.find(
        ({ event, payload }) => event === 'session_trigger' && JSON.stringify(payload).includes(triggerId),
      ),
    );
    await viewer.request('trigger_response', { triggerId, response: 'the red one' });
    await until(() => runner.inbox.get(session)?.some(({ event }) => event === 'trigger_response'));
    viewer.socket.close();
  });

  it('show what Redis stored for a relay that had given up waiting for the answer', async () => {
    const runner = await TestRunner.join(west);
    await runner.hello(west);
    const session = await newSession(east, runner);
    const viewer = await TestViewer.open(east);
    await viewer.request('attach', { session });
    // As its own store does it, without a word to the relay.
    const frame = runner.say(session, 'line 1');
    await east.store.append('main', [frame]);
    await until(() => viewer.frames().length === 1);
    expect(viewer.frames()).toEqual([frame]);
    viewer.socket.close();
  });

  it('have a runner on one of them only: the later hello ends the earlier link', async () => {
    const runner = await TestRunner.join(east);
    await runner.hello(east);
    const earlier = runner.socket;
    await runner.hello(west);
    await until(() => !earlier.connected);
    expect(runner.socket.connected).toBe(true);
  });

  it('pass an order to a runner on the other, and its answer or its refusal back', async () => {
    const runner = await TestRunner.join(west);
    await runner.hello(west);
    const order = (wish: unknown) => east.call('POST', `/api/v1/runners/${runner.profile.id}/orders`, { body: wish });
    runner.answer.order = ({ order: wish }: { order: { do: string } }) =>
      wish.do === 'pause'
        ? { ok: true, value: { answer: { do: 'pause', paused: true } } }
        : { ok: false, error: { code: 'forbidden', message: 'its owner says no', hint: 'ask the owner' } };
    expect(await order({ do: 'pause' })).toMatchObject({ status: 200, body: { do: 'pause', paused: true } });
    expect(await order({ do: 'rename', name: 'attic' })).toMatchObject({
      status: 403,
      body: { error: { code: 'forbidden', message: 'its owner says no' } },
    });
  });

  it('end a revoked key’s sockets on both', async () => {
    const runner = await TestRunner.join(east);
    await runner.hello(west);
    const { body } = await east.call('GET', '/api/v1/keys');
    const key = (body as { keys: KeyView[] }).keys.find(({ runnerId }) => runnerId === runner.profile.id);
    await east.call('DELETE', `/api/v1/keys/${key?.id}`);
    await until(() => !runner.socket.connected);
  });

  it('tell viewers to attach again after hints may have been lost', async () => {
    const runner = await TestRunner.join(west);
    await runner.hello(west);
    const session = await newSession(east, runner);
    const viewer = await TestViewer.open(east);
    await viewer.request('attach', { session });
    await redis.restart();
    await until(() => viewer.heard.find(({ event }) => event === 'resync'));
    await until(async () => (await fetch(`${east.url}/readyz`)).ok && (await fetch(`${west.url}/readyz`)).ok);
    const frame = runner.say(session, 'after the restart');
    await until(async () => {
      // A relay has its runners say hello again when its Redis was restarted.
      await runner.hello(west).catch(() => undefined);
      const answer = await runner.send(frame).catch(() => undefined);
      return answer?.sessions[0]?.acked.seq === 1;
    });
    expect((await viewer.request('attach', { session, after: { epoch: 0, seq: 0 } })).frames).toEqual([frame]);
    viewer.socket.close();
  });
});
