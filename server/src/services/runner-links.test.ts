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

describe('a runner’s link', () => {
  test('LINK-2 writes of an older connection are refused', async () => {
    const old = pi.open;
    await pi.hello();
    await expect(services.logs.intake(old, [pi.eventFrame(root, ['late'])])).rejects.toMatchObject({
      code: 'stale_fence',
    });
    await expect(
      services.logs.intake(old, [pi.factFrame(root, { kind: 'state', state: 'idle' })]),
    ).rejects.toMatchObject({ code: 'stale_fence' });
    await expect(services.runners.heartbeat(old, { fence: old.fence, health: { sessions: 0 } })).rejects.toMatchObject({
      code: 'stale_fence',
    });
  });

  test('LINK-3 a stale copy of the runner is refused and cannot cut off the true one', async () => {
    await pi.hello({ generation: 3, instance: 'three' });
    const link = pi.open;
    await expect(pi.hello({ generation: 2, instance: 'two' })).rejects.toMatchObject({ code: 'superseded' });
    await expect(pi.hello({ generation: 3, instance: 'copy' })).rejects.toMatchObject({ code: 'superseded' });
    const copy = async () => (await services.views.runner('home', pi.id))?.copy;
    expect(await copy()).toMatchObject({ times: 2 });
    expect(await services.logs.intake(link, [pi.eventFrame(root, ['still here'])])).toMatchObject([
      { acked: { seq: 1 } },
    ]);
  });

  test('LINK-3 a daemon that a copy pushed out comes back when the copy is gone, and an older one does not', async () => {
    const copy = await services.runner('pi', pi.profile);
    await pi.hello({ generation: 3, instance: 'true' });
    await copy.hello({ generation: 4, instance: 'copy' });
    await expect(pi.hello({ generation: 3, instance: 'true' })).rejects.toMatchObject({ code: 'superseded' });
    await services.runners.disconnected(copy.open, true);
    await expect(pi.hello({ generation: 3, instance: 'old' })).rejects.toMatchObject({ code: 'superseded' });
    await pi.hello({ generation: 3, instance: 'true' });
    expect((await services.views.runner('home', pi.id))?.online).toBe(true);
    await expect(services.logs.intake(copy.open, [copy.eventFrame(root, ['late'])])).rejects.toMatchObject({
      code: 'stale_fence',
    });
  });

  test('LINK-3 of two daemons of one generation the second is let in when the first is gone', async () => {
    await pi.hello({ generation: 3, instance: 'one' });
    const first = pi.open;
    await expect(pi.hello({ generation: 3, instance: 'two' })).rejects.toMatchObject({ code: 'superseded' });
    await services.runners.disconnected(first, true);
    await pi.hello({ generation: 3, instance: 'two' });
    await expect(pi.hello({ generation: 3, instance: 'one' })).rejects.toMatchObject({ code: 'superseded' });
  });

  test('LINK-4 the welcome judges each spool', async () => {
    const frame = pi.eventFrame(root, ['one', 'two']);
    await pi.send(frame);
    const at = (seq: number) => ({ epoch: 1, seq });
    const spool = { id: root, attempt: 1, inboxPosition: 1, live: true };
    const say = async (last: number, lastFrame: typeof frame.id, acked: number, ackedFrame: typeof frame.id | null) =>
      (
        await pi.hello({
          sessions: [{ ...spool, last: at(last), lastFrame, acked: acked === 0 ? START : at(acked), ackedFrame }],
        })
      ).sessions[0];
    expect(await say(2, frame.id, 2, frame.id)).toMatchObject({ verdict: 'resume', have: at(2) });
    expect(await say(5, newId('frame'), 2, frame.id)).toMatchObject({ verdict: 'resume', have: at(2) });
    expect(await say(5, newId('frame'), 4, newId('frame'))).toMatchObject({ verdict: 'replay_from', have: at(2) });
    expect(await say(2, newId('frame'), 2, newId('frame'))).toMatchObject({ verdict: 'new_epoch' });
    // Where the two part shows when the frames come again.
    expect(await say(2, newId('frame'), 0, null)).toMatchObject({ verdict: 'resume', have: START });
    expect(await say(1, newId('frame'), 0, null)).toMatchObject({ verdict: 'resume', have: START });
    expect(
      (
        await pi.hello({
          sessions: [{ ...spool, id: newId('session'), last: START, lastFrame: null, acked: START, ackedFrame: null }],
        })
      ).sessions[0],
    ).toMatchObject({ verdict: 'not_yours' });
  });

  test('LOG-6 a fork is told with the last frame that both have', async () => {
    const shared = pi.eventFrame(root, ['one', 'two']);
    const theirs = pi.eventFrame(root, ['three', 'of a copy']);
    await pi.send(shared);
    await pi.send(theirs);
    const ours = { ...theirs, id: newId('frame') };
    const [ack] = await services.logs.intake(pi.open, [shared, ours, { ...ours, id: newId('frame'), first: 5 }]);
    expect(ack).toMatchObject({
      verdict: 'new_epoch',
      acked: { epoch: 1, seq: 4 },
      common: { epoch: 1, seq: 2 },
    });
    expect((await services.sessions.snapshot(ANN, { session: root })).frames.map(({ id }) => id)).toEqual([
      shared.id,
      theirs.id,
    ]);
  });

  test('LINK-5 a session that the runner has lost ends so, and its parent is told', async () => {
    const child = await spawn();
    await pi.fact(child, { kind: 'state', state: 'running' });
    await pi.hello({ sessions: [] });
    expect((await services.sessions.get(ANN, child)).lifecycle).toMatchObject({ state: 'ended', outcome: 'lost' });
    const inbox = await services.inboxes.read(pi.open, root, 1);
    expect(inbox.at(-1)?.item).toMatchObject({ kind: 'trigger', type: 'session_error', reason: 'lost' });
  });

  test('LINK-6 a runner is offline when its heartbeats stop, and not when a socket flaps', async () => {
    const pump = services.startPump((error) => {
      throw error;
    });
    await services.runners.disconnected(pi.open, false);
    await pi.hello();
    services.clock.at += 6000;
    expect(await services.runners.get(ANN, pi.id)).toMatchObject({ online: true });
    services.clock.at += 30_000;
    await expect.poll(async () => (await services.runners.get(ANN, pi.id)).online, { timeout: 5000 }).toBe(false);
    await pump.stop();
  });

  test('an assignment names the attempt and where inbox and log go on', async () => {
    expect(await services.runners.assignments(pi.open)).toMatchObject([
      { id: root, attempt: 1, epoch: 1, inboxAfter: 0, agent: 'scripted' },
    ]);
    await pi.fact(root, { kind: 'state', state: 'idle', resumable: true });
    expect(await services.runners.assignments(pi.open)).toEqual([]);
  });

  test('LINK-8 a refused assignment ends the session with the runner’s reason', async () => {
    await services.runners.refused(pi.open, {
      id: root,
      code: 'cwd_refused',
      message: '/etc is outside the allowed roots',
    });
    expect((await services.sessions.get(ANN, root)).lifecycle).toMatchObject({
      outcome: 'failed',
      reason: 'config',
      detail: expect.stringContaining('/etc'),
    });
  });
});
