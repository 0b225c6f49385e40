/** Decisions of one tree that share a commit. */
import { newId, type SessionId, type TriggerId } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ANN, openTestServices, type TestRunner, type TestServices } from './testing.ts';

let services: TestServices;
let pi: TestRunner;
let parent: SessionId;
let children: SessionId[];
let commits = 0;

beforeEach(async () => {
  services = await openTestServices();
  pi = await services.runner('pi');
  await pi.hello();
  parent = (await services.sessions.create(ANN, { prompt: 'parent' })).session.id;
  children = [];
  for (let i = 0; i < 6; i++) {
    const sessionId = newId('session');
    await pi.fact(parent, { kind: 'spawn', sessionId, spec: { prompt: `child ${i}` } });
    children.push(sessionId);
  }
  const commit = services.store.commit.bind(services.store);
  services.store.commit = (unit) => {
    commits += 1;
    return commit(unit);
  };
  commits = 0;
});
afterEach(() => services.close());

const question = (triggerId: TriggerId) =>
  ({ kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'go?' } }) as const;

/** All of them at once; the triggers in the order of the children. */
async function askAll(): Promise<TriggerId[]> {
  const asked = children.map((child) => ({ child, triggerId: newId('trigger') }));
  const frames = asked.map(({ child, triggerId }) => pi.factFrame(child, question(triggerId)));
  await services.logs.intake(pi.open, frames);
  return asked.map(({ triggerId }) => triggerId);
}

describe('decisions of a tree that are asked for together', () => {
  test('share a commit, and each has its effect once and in order', async () => {
    const asked = await askAll();
    expect(commits).toBeLessThan(children.length);
    const inbox = await services.inboxes.read(pi.open, parent, 1);
    expect(inbox.map(({ position, item }) => [position, 'triggerId' in item && item.triggerId])).toEqual(
      asked.map((triggerId, i) => [i + 2, triggerId]),
    );
    commits = 0;
    await pi.send(...asked.map((triggerId) => pi.factFrame(parent, { kind: 'answer', triggerId, response: 'yes' })));
    expect(commits).toBeLessThan(children.length);
    for (const triggerId of asked)
      expect((await services.triggers.get(ANN, triggerId)).state).toMatchObject({ state: 'answered', response: 'yes' });
  });

  test('LOG-10 one that is refused takes no other with it', async () => {
    const [first, second] = await askAll();
    if (first === undefined || second === undefined) throw new Error('nothing was asked');
    const ack = await pi.send(
      pi.factFrame(parent, { kind: 'answer', triggerId: first, response: 'yes' }),
      pi.factFrame(parent, { kind: 'answer', triggerId: first, response: 'no' }),
      pi.factFrame(parent, { kind: 'answer', triggerId: second, response: 'yes' }),
    );
    expect(ack).toMatchObject({ refused: [{ code: 'already_answered' }] });
    expect(ack.verdict).toBeUndefined();
    expect((await services.triggers.get(ANN, first)).state).toMatchObject({ response: 'yes' });
    expect((await services.triggers.get(ANN, second)).state).toMatchObject({ response: 'yes' });
  });

  test('LOG-7 one whose log has a hole takes no other with it', async () => {
    const [holed, ...whole] = children;
    if (holed === undefined) throw new Error('no child');
    pi.factFrame(holed, question(newId('trigger')));
    const acks = await services.logs.intake(
      pi.open,
      children.map((child) => pi.factFrame(child, question(newId('trigger')))),
    );
    expect(acks.map(({ verdict }) => verdict)).toEqual(['replay_from', ...whole.map(() => undefined)]);
    expect(await services.inboxes.read(pi.open, parent, 1)).toHaveLength(whole.length);
  });

  test('LINK-2 those of an older connection are refused and the others are taken', async () => {
    const mac = await services.runner('mac');
    await mac.hello();
    const away = newId('session');
    await pi.fact(parent, { kind: 'spawn', sessionId: away, spec: { prompt: 'away', runnerId: mac.id } });
    const old = mac.open;
    await mac.hello({ generation: 2, instance: 'two' });
    const frames = children.map((child) => pi.factFrame(child, question(newId('trigger'))));
    const [stale, acks] = await Promise.allSettled([
      services.logs.intake(old, [mac.factFrame(away, question(newId('trigger')))]),
      services.logs.intake(pi.open, frames),
    ]);
    expect(stale).toMatchObject({ status: 'rejected', reason: { code: 'stale_fence' } });
    expect(acks).toMatchObject({ status: 'fulfilled', value: children.map(() => ({ acked: { seq: 1 } })) });
  });

  test('are decided again when another relay was faster', async () => {
    const other = services.another();
    await askAll();
    // What this relay remembers of the parent is out of date from here on.
    await other.sessions.send(ANN, parent, { text: 'hello', deliverAs: 'followUp' });
    await askAll();
    const inbox = await services.inboxes.read(pi.open, parent, 1);
    expect(inbox.map(({ position }) => position)).toEqual(Array.from({ length: 13 }, (_, i) => i + 2));
    expect((await services.store.get(ANN.ns, { kind: 'session', id: parent }))?.value).toMatchObject({
      inbox: { last: 14 },
    });
  });
});
