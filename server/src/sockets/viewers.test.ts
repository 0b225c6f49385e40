import { lastSeq, newId, type Frame, type SessionId } from '@treeline/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, emit, startTestRelay, TestRunner, TestViewer, until, type TestRelay } from '../testing.ts';

let relay: TestRelay;
let runner: TestRunner;
beforeAll(async () => {
  relay = await startTestRelay({ treeLimits: { spawnsPerMinute: 1000 } });
  runner = await TestRunner.join(relay);
  await runner.hello(relay);
});
afterAll(() => relay.stop());

async function newSession(): Promise<SessionId> {
  const { body } = await relay.call('POST', '/api/v1/sessions', {
    body: { prompt: 'hello', runnerId: runner.profile.id },
  });
  return (body as { id: SessionId }).id;
}

/** Sequences of records, each of which must be there once and in order. */
function sequences(frames: readonly Frame[]): number[] {
  return frames.flatMap(({ first, count }) => Array.from({ length: count }, (_, at) => first + at));
}

describe('namespace /viewer', () => {
  it('is for people and their keys only', async () => {
    const refused = (auth: object) =>
      connect(relay, '/viewer', { auth }).then(
        () => 'connected',
        (error: { data?: { code: string } }) => error.data?.code,
      );
    expect(await refused({})).toBe('unauthenticated');
    expect(await refused({ key: runner.key })).toBe('forbidden');
    expect(await refused({ key: relay.localKey() })).toBe('connected');
  });

  it('VIEW-1 gives a viewer that attaches in the middle of a stream every frame once and in order', async () => {
    const session = await newSession();
    const total = 450;
    let sent = 0;
    const stream = (async () => {
      for (; sent < total; sent += 3)
        await Promise.all([1, 2, 3].map((at) => runner.send(runner.say(session, `line ${sent + at}`))));
    })();
    const viewers: { viewer: TestViewer; frames: Frame[] }[] = [];
    for (let at = 0; at < 12; at++) {
      await until(() => sent >= at * 35);
      const viewer = await TestViewer.open(relay);
      const { frames, resync } = await viewer.request('attach', { session, after: { epoch: 0, seq: 0 } });
      expect(resync).toBe(false);
      viewers.push({ viewer, frames });
    }
    await stream;
    const all = Array.from({ length: total }, (_, at) => at + 1);
    for (const { viewer, frames } of viewers) {
      await until(() => lastSeq(viewer.frames().at(-1) ?? frames.at(-1) ?? { first: 0, count: 0 }) === total);
      expect(sequences([...frames, ...viewer.frames()])).toEqual(all);
      expect(viewer.heard.filter(({ event }) => event === 'resync')).toEqual([]);
      viewer.socket.close();
    }
  });

  it('goes on from a cursor, and tells of a cursor that is not in the log', async () => {
    const session = await newSession();
    const frames = [1, 2, 3].map((at) => runner.say(session, `line ${at}`));
    await runner.send(...frames);
    const viewer = await TestViewer.open(relay);
    expect(await viewer.request('attach', { session, after: { epoch: 1, seq: 2 } })).toMatchObject({
      frames: [frames[2]],
      resync: false,
    });
    expect(await viewer.request('attach', { session, after: { epoch: 7, seq: 2 } })).toMatchObject({
      frames,
      resync: true,
    });
    expect(await viewer.request('attach', { session, tail: 1 })).toMatchObject({ frames: [frames[2]], earlier: true });
    const more = runner.say(session, 'line 4');
    await runner.send(more);
    await until(() => viewer.frames().length > 0);
    expect(viewer.frames()).toEqual([more]);
    viewer.socket.close();
  });

  it('tells of triggers that open and end, of sessions and of runners, and takes an answer', async () => {
    const viewer = await TestViewer.open(relay);
    await viewer.request('overview', {});
    const session = await newSession();
    await until(() =>
      viewer.heard.find(({ event, payload }) => event === 'session' && JSON.stringify(payload).includes(session)),
    );
    const triggerId = newId('trigger');
    await runner.send(
      runner.fact(session, { kind: 'state', state: 'running' }),
      runner.fact(session, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'which one?' } }),
    );
    await until(() =>
      viewer.heard.find(
        ({ event, payload }) => event === 'session_trigger' && JSON.stringify(payload).includes(triggerId),
      ),
    );
    const later = await TestViewer.open(relay);
    expect((await later.request('overview', {})).triggers.map(({ id }) => id)).toContain(triggerId);
    await viewer.request('trigger_response', { triggerId, response: 'the red one' });
    await until(() =>
      later.heard.find(
        ({ event, payload }) => event === 'trigger_response' && JSON.stringify(payload).includes('the red one'),
      ),
    );
    expect(await emit(later.socket, 'trigger_response', { triggerId, response: 'the blue one' })).toMatchObject({
      ok: false,
      error: { code: 'already_answered' },
    });
    const other = await TestRunner.join(relay, 'beta');
    await until(() =>
      viewer.heard.find(
        ({ event, payload }) => event === 'runner' && JSON.stringify(payload).includes(other.profile.id),
      ),
    );
    viewer.socket.close();
    later.socket.close();
  });

  it('tells of a session that is deleted', async () => {
    const viewer = await TestViewer.open(relay);
    await viewer.request('overview', {});
    const session = await newSession();
    const end = { kind: 'end', triggerId: newId('trigger'), outcome: 'completed', reason: 'ok', resumable: false };
    await runner.send(runner.fact(session, end as never));
    const { status } = await relay.call('DELETE', `/api/v1/sessions/${session}`);
    expect(status).toBe(200);
    const gone = await until(() => viewer.heard.find(({ event }) => event === 'session_gone'));
    expect(gone?.payload).toEqual({ session });
    viewer.socket.close();
  });

  it('has nothing of a session that does not exist', async () => {
    const viewer = await TestViewer.open(relay);
    expect(await emit(viewer.socket, 'attach', { session: newId('session') })).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    });
    viewer.socket.close();
  });

  it('VIEW-2 keeps little for a viewer that stopped reading, and tells it to attach again once it reads', async () => {
    const session = await newSession();
    const viewer = await TestViewer.open(relay);
    const { cursor } = await viewer.request('attach', { session });
    const transport = (viewer.socket.io.engine.transport as unknown as { ws: { pause(): void; resume(): void } }).ws;
    transport.pause();
    // Far more than the system's own buffers hold.
    const [total, text] = [400, 'x'.repeat(100_000)];
    for (let at = 0; at < total; at++) await runner.send(runner.say(session, text));
    transport.resume();
    await until(() => viewer.heard.find(({ event }) => event === 'resync'));
    const got = sequences(viewer.frames());
    expect(got).toEqual(got.map((_, at) => at + 1));
    expect(got.length).toBeLessThan(total);
    // Each part of a large snapshot ends with a word to attach again.
    for (let told = 1; (got.at(-1) ?? 0) < total; told++) {
      const resyncs = () => viewer.heard.filter(({ event }) => event === 'resync').length;
      const { frames } = await viewer.request('attach', {
        session,
        after: { epoch: 1, seq: got.at(-1) ?? cursor.seq },
      });
      got.push(...sequences(frames));
      if ((got.at(-1) ?? 0) < total) await until(() => resyncs() > told);
    }
    expect(got).toEqual(Array.from({ length: total }, (_, at) => at + 1));
    viewer.socket.close();
  });
});
