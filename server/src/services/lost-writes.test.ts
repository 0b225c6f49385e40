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

describe('a store that lost writes', () => {
  test('INB-1 gives again behind all that the runner has what it gave a position that the runner has', async () => {
    const say = (text: string) => services.sessions.send(ANN, root, { text, deliverAs: 'followUp' });
    await say('two, which the runner never had');
    await say('three, likewise');
    const [prompt, , third] = await services.inboxes.read(pi.open, root, 0);
    // It has the first and the third, and at the second place, and a fourth, what the store lost.
    const inboxTail = [
      { position: 1, id: prompt?.item.id ?? newId('message') },
      { position: 2, id: newId('message') },
      { position: 3, id: third?.item.id ?? newId('message') },
      { position: 4, id: newId('message') },
    ];
    const spool = { id: root, attempt: 1, last: START, lastFrame: null, acked: START, ackedFrame: null, live: true };
    const greet = () => pi.hello({ sessions: [{ ...spool, inboxPosition: 4, inboxTail }] });
    await greet();
    await greet();
    const fresh = await services.inboxes.read(pi.open, root, 4);
    expect(fresh).toMatchObject([{ position: 5, item: { text: 'two, which the runner never had' } }]);
    expect((await say('six')).position).toBe(6);
  });

  test('LINK-4 sends no session away that the log of its parent may make again', async () => {
    const unknown = { id: newId('session'), attempt: 1, inboxPosition: 1, live: true } as const;
    const spool = { ...unknown, last: START, lastFrame: null, acked: START, ackedFrame: null };
    const verdicts = async () => (await pi.hello({ sessions: [spool] })).sessions.map(({ verdict }) => verdict);
    const frame = () => pi.eventFrame(unknown.id, ['still here']);
    services.storeRestarted();
    expect(await verdicts()).toEqual([]);
    expect(await pi.send(frame())).toMatchObject({ acked: START });
    expect((await pi.send(frame())).verdict).toBeUndefined();
    services.clock.at += 60_000;
    expect(await verdicts()).toEqual(['not_yours']);
    expect(await pi.send(frame())).toMatchObject({ verdict: 'not_yours' });
  });

  test('INB-1 gives no position again that a runner has on its disk', async () => {
    // The runner has five items; the store came back with one.
    expect(await services.inboxes.read(pi.open, root, 5)).toEqual([]);
    const { position } = await services.sessions.send(ANN, root, { text: 'after', deliverAs: 'followUp' });
    expect(position).toBe(6);
    expect(await services.inboxes.read(pi.open, root, 5)).toMatchObject([{ position: 6, item: { text: 'after' } }]);
  });
});
