import { newId } from '@treeline/shared';
import { beforeEach, describe, expect, test } from 'vitest';
import { wakeInterrupted } from './presence.ts';
import { deleteSession, respond, sendPrompt, snoozeTrigger, stopSession, takeToPeople } from './people.ts';
import { RULES, TestWorld } from './testing.ts';

const ANN = { kind: 'person', name: 'ann' } as const;
const BOB = { kind: 'person', name: 'bob' } as const;

let world: TestWorld;
let pi: ReturnType<TestWorld['runner']>;
let parent: ReturnType<TestWorld['root']>;
let child: ReturnType<TestWorld['root']>;

beforeEach(() => {
  world = new TestWorld();
  pi = world.runner('pi');
  parent = world.root(pi);
  child = world.child(parent);
  return () => {
    world.check();
  };
});

describe('a question', () => {
  test('TRG-1 goes to the inbox of a live parent, to interrupt its turn', () => {
    const id = world.ask(child, 'which key?');
    expect(world.trigger(id)).toMatchObject({ state: { state: 'created' }, parentId: parent });
    expect(world.last(parent)).toMatchObject({
      kind: 'trigger',
      triggerId: id,
      text: 'which key?',
      child,
      deliverAs: 'steer',
    });
    expect(world.session(child).open).toEqual([{ id, escalated: false }]);
  });

  test('TRG-1 of a root goes to people at once', () => {
    const id = world.ask(parent);
    expect(world.trigger(id).state).toMatchObject({ state: 'escalated', why: 'it has no parent' });
    expect(world.session(parent).open).toEqual([{ id, escalated: true }]);
  });

  test('is answered by the parent, and the answer is in the child’s inbox', () => {
    const id = world.ask(child);
    expect(world.fact(parent, { kind: 'answer', triggerId: id, response: 'the blue one' })).toBeUndefined();
    expect(world.last(child)).toMatchObject({
      kind: 'answer',
      triggerId: id,
      outcome: 'answered',
      response: 'the blue one',
    });
    expect(world.session(child).open).toEqual([]);
    expect(world.timers.size).toBe(0);
  });

  test('TRG-2 is answered once: a second answer is told who won', () => {
    const id = world.ask(child);
    world.decide((draft) => respond(draft, id, { by: ANN, response: 'red', action: undefined }));
    expect(() => world.decide((draft) => respond(draft, id, { by: BOB, response: 'blue', action: undefined }))).toThrow(
      /ann answered .* first: red/,
    );
    expect(world.fact(parent, { kind: 'answer', triggerId: id, response: 'green' })).toMatchObject({
      code: 'already_answered',
    });
  });

  test('TRG-12 that a person answers is taken back from the parent', () => {
    const id = world.ask(child);
    world.decide((draft) => respond(draft, id, { by: ANN, response: 'red', action: undefined }));
    expect(world.last(parent)).toMatchObject({ kind: 'trigger_closed', triggerId: id });
  });

  test('TRG-3 may be answered only by the session it is addressed to', () => {
    const stranger = world.root(pi);
    const id = world.ask(child);
    expect(world.fact(stranger, { kind: 'answer', triggerId: id, response: 'mine' })).toMatchObject({
      code: 'not_addressed',
    });
    expect(world.fact(stranger, { kind: 'escalate', triggerId: id })).toMatchObject({ code: 'not_addressed' });
    expect(world.fact(child, { kind: 'answer', triggerId: id, response: 'self' })).toMatchObject({
      code: 'not_addressed',
    });
    expect(world.trigger(id).state.state).toBe('created');
    expect(world.last(stranger)).toMatchObject({ kind: 'refusal', code: 'not_addressed' });
  });

  test('is escalated with context by the parent and then answered by a person', () => {
    const id = world.ask(child);
    world.fact(parent, { kind: 'escalate', triggerId: id, context: 'I do not know the customer' });
    expect(world.trigger(id).state).toMatchObject({ state: 'escalated', context: 'I do not know the customer' });
    expect(world.session(child).open).toEqual([{ id, escalated: true }]);
    world.decide((draft) => respond(draft, id, { by: ANN, response: 'yes', action: undefined }));
    expect(world.last(child)).toMatchObject({ kind: 'answer', response: 'yes', by: ANN });
  });

  test('TRG-5 to a parent on an offline runner goes to people after five minutes', () => {
    world.records.set(`runner/${pi.id}`, { ...pi, presence: { state: 'offline', since: 0 } });
    const id = world.ask(child);
    world.advance(RULES.times.escalateAfterMs - 1);
    expect(world.trigger(id).state.state).toBe('created');
    world.advance(1);
    expect(world.trigger(id).state).toMatchObject({ state: 'escalated', why: 'its parent did not answer in time' });
  });

  test('TRG-5 carries its own patience where it has one', () => {
    const id = world.ask(child, 'now?', { escalateAfterMs: 1000 });
    world.advance(1000);
    expect(world.trigger(id).state.state).toBe('escalated');
  });

  test('TRG-13 is put off for everybody, stays open, and comes back by itself', () => {
    const id = world.ask(parent);
    const until = world.now + 60_000;
    world.decide((draft) => snoozeTrigger(draft, id, until));
    expect(world.trigger(id)).toMatchObject({ state: { state: 'escalated' }, snoozedUntil: until });
    world.advance(59_999);
    expect(world.trigger(id).snoozedUntil).toBe(until);
    world.advance(1);
    expect(world.trigger(id)).not.toHaveProperty('snoozedUntil');
    expect(world.messages).toContainEqual({ type: 'trigger', id, over: false });
    expect(world.trigger(id).state.state).toBe('escalated');
  });

  test('TRG-13 is brought back, or answered while it is put off, and nothing of the snooze is left', () => {
    const back = world.ask(parent);
    world.decide((draft) => snoozeTrigger(draft, back, world.now + 60_000));
    world.decide((draft) => snoozeTrigger(draft, back, null));
    expect(world.trigger(back)).not.toHaveProperty('snoozedUntil');
    const answered = world.ask(parent);
    world.decide((draft) => snoozeTrigger(draft, answered, world.now + 60_000));
    world.decide((draft) => respond(draft, answered, { by: ANN, response: 'red', action: undefined }));
    expect(world.trigger(answered)).not.toHaveProperty('snoozedUntil');
    expect([...world.timers.values()].map(({ name }) => name)).not.toContain('snooze');
  });

  test('TRG-13 cannot be put off while it is with the parent', () => {
    const id = world.ask(child);
    expect(() => world.decide((draft) => snoozeTrigger(draft, id, world.now + 60_000))).toThrow(
      /still with its parent/,
    );
  });

  test('TRG-8 expires, and the child learns only that', () => {
    const id = world.ask(child);
    world.advance(RULES.times.triggerExpiryMs);
    expect(world.trigger(id).state.state).toBe('expired');
    expect(world.last(child)).toMatchObject({ kind: 'answer', triggerId: id, outcome: 'expired' });
    expect(world.last(child)).not.toHaveProperty('response');
  });

  test('TRG-1 to a parent that ended goes to people at once', () => {
    world.end(parent);
    const id = world.ask(child);
    expect(world.trigger(id).state).toMatchObject({ state: 'escalated', why: 'its parent has ended' });
  });

  test('TRG-6 that waits when the parent ends goes to people', () => {
    const id = world.ask(child);
    world.end(parent);
    expect(world.trigger(id).state).toMatchObject({ state: 'escalated' });
    expect(world.session(child).open).toEqual([{ id, escalated: true }]);
  });

  test('INB-6 wakes a parent that sleeps', () => {
    world.fact(parent, { kind: 'consumed', position: 1 });
    world.fact(parent, { kind: 'state', state: 'asleep' });
    world.ask(child);
    expect(world.session(parent)).toMatchObject({ lifecycle: { state: 'queued' }, attempt: 2 });
    expect(world.messages).toContainEqual({ type: 'assigned', runnerId: pi.id, session: parent });
  });

  test('TRG-7 of a child that is gone cannot be answered', () => {
    const id = world.ask(child);
    world.end(child, 'failed');
    expect(world.trigger(id).state).toMatchObject({ state: 'cancelled' });
    expect(() => world.decide((draft) => respond(draft, id, { by: ANN, response: 'late', action: undefined }))).toThrow(
      /child gone/,
    );
    expect(world.fact(parent, { kind: 'answer', triggerId: id, response: 'late' })).toMatchObject({
      code: 'child_gone',
    });
  });

  test('TRG-4 is withdrawn only by the session that made it', () => {
    const id = world.ask(child);
    world.fact(parent, { kind: 'withdraw', triggerId: id });
    expect(world.trigger(id).state.state).toBe('created');
    world.fact(child, { kind: 'withdraw', triggerId: id });
    expect(world.trigger(id).state.state).toBe('cancelled');
  });

  test('is taken over by a person, who then answers', () => {
    const id = world.ask(child);
    world.decide((draft) => takeToPeople(draft, id, { by: ANN, context: undefined }));
    expect(world.trigger(id).state).toMatchObject({ state: 'escalated', by: ANN });
    expect(world.last(parent)).toMatchObject({ kind: 'trigger_closed' });
  });

  test('TRG-11 shows when the agent has the answer', () => {
    const id = world.ask(child);
    world.fact(parent, { kind: 'answer', triggerId: id, response: 'x' });
    expect(world.trigger(id).state).not.toHaveProperty('resumedAt');
    world.fact(child, { kind: 'consumed', position: world.session(child).inbox.last });
    expect(world.trigger(id).state).toHaveProperty('resumedAt', world.now);
  });
});

describe('the end of a child', () => {
  test('TRG-9 tells the parent the summary', () => {
    world.end(child);
    expect(world.last(parent)).toMatchObject({
      kind: 'trigger',
      type: 'session_complete',
      text: 'all done',
      deliverAs: 'followUp',
    });
    expect(world.session(parent).liveChildren).toBe(0);
  });

  test('TRG-9 tells the parent the error and its reason', () => {
    world.end(child, 'failed');
    expect(world.last(parent)).toMatchObject({
      kind: 'trigger',
      type: 'session_error',
      text: 'exit 1',
      reason: 'error',
    });
  });

  test('that was stopped after its parent had ended bothers nobody', () => {
    world.end(parent);
    const triggerId = newId('trigger');
    world.fact(child, { kind: 'end', triggerId, outcome: 'cancelled', reason: 'cancelled' });
    expect(world.get('trigger', triggerId)).toBeUndefined();
    expect(world.session(child).lifecycle.state).toBe('ended');
  });

  test('is counted once', () => {
    world.end(child);
    world.end(child);
    expect(world.session(parent).liveChildren).toBe(0);
    expect(world.inboxes.get(parent)?.filter(({ kind }) => kind === 'trigger')).toHaveLength(1);
  });

  test('INB-6 is undone by a message, when its agent can be resumed', () => {
    world.end(child);
    expect(
      world.fact(parent, { kind: 'tell', messageId: newId('message'), sessionId: child, text: 'one more thing' }),
    ).toBeUndefined();
    expect(world.session(child)).toMatchObject({ lifecycle: { state: 'queued' }, attempt: 2 });
    expect(world.session(parent).liveChildren).toBe(1);
  });
});

describe('telling', () => {
  test('TREE-8 reaches only a session’s own children', () => {
    const stranger = world.root(pi);
    const tell = { kind: 'tell', messageId: newId('message'), sessionId: child, text: 'psst' } as const;
    expect(world.fact(stranger, tell)).toMatchObject({ code: 'not_a_child' });
    expect(world.fact(child, { ...tell, sessionId: parent })).toMatchObject({ code: 'not_a_child' });
    expect(world.fact(parent, { ...tell, sessionId: newId('session') })).toMatchObject({ code: 'not_a_child' });
    expect(world.inboxes.get(child)?.filter(({ kind }) => kind === 'tell')).toEqual([]);
  });
});

describe('stopping and deleting', () => {
  const stop = {
    tree: true,
    strength: 'stop',
    from: ANN,
    triggerId: () => newId('trigger'),
    times: RULES.times,
  } as const;

  test('a tree asks every live session in it', () => {
    const grandchild = world.child(child);
    const stopped = world.decide((draft) => stopSession(draft, parent, stop));
    expect(new Set(stopped)).toEqual(new Set([parent, child, grandchild]));
    for (const id of stopped) expect(world.last(id)).toMatchObject({ kind: 'stop' });
  });

  test('a session that sleeps ends at once', () => {
    world.fact(child, { kind: 'consumed', position: 1 });
    world.fact(child, { kind: 'state', state: 'asleep' });
    world.decide((draft) => stopSession(draft, child, { ...stop, tree: false }));
    expect(world.session(child).lifecycle).toMatchObject({ state: 'ended', outcome: 'cancelled' });
    expect(world.session(parent).liveChildren).toBe(0);
  });

  test('TREE-7 a live session cannot be deleted', () => {
    expect(() => world.decide((draft) => deleteSession(draft, parent))).toThrow(/stop it first/);
  });

  test('TREE-7 deleting a parent makes its children roots of their own trees', () => {
    const grandchild = world.child(child);
    const id = world.ask(child);
    world.end(parent);
    world.decide((draft) => deleteSession(draft, parent));
    expect(world.session(child)).toMatchObject({
      parentId: null,
      formerParentId: parent,
      rootId: child,
      depth: 0,
      treeLive: 2,
    });
    expect(world.session(grandchild)).toMatchObject({ parentId: child, rootId: child, depth: 1 });
    expect(world.trigger(id)).toMatchObject({ state: { state: 'escalated' }, rootId: child });
  });

  test('INB-6 a message to an ended session that cannot be resumed is refused', () => {
    world.fact(child, {
      kind: 'end',
      triggerId: newId('trigger'),
      outcome: 'completed',
      reason: 'ok',
      resumable: false,
    });
    const send = () =>
      world.decide((draft) => sendPrompt(draft, child, { text: 'hi', deliverAs: 'steer', from: ANN }, RULES.tree));
    expect(send).toThrow(/cannot be resumed/);
  });
});

describe('a session without a process', () => {
  test('INB-6 that falls asleep before it has seen a message is woken for it', () => {
    world.fact(parent, { kind: 'consumed', position: 1 });
    world.decide((draft) => sendPrompt(draft, parent, { text: 'wait', deliverAs: 'steer', from: ANN }, RULES.tree));
    world.fact(parent, { kind: 'state', state: 'asleep' });
    expect(world.session(parent)).toMatchObject({ lifecycle: { state: 'queued' }, attempt: 2 });
    world.fact(parent, { kind: 'consumed', position: 2 });
    world.fact(parent, { kind: 'state', state: 'asleep' });
    expect(world.session(parent).lifecycle.state).toBe('asleep');
  });

  test('INB-6 that completes before it has seen a message is started again for it, and one that failed is not', () => {
    for (const [outcome, state] of [
      ['completed', 'queued'],
      ['failed', 'ended'],
    ] as const) {
      const other = world.child(parent);
      world.fact(other, { kind: 'consumed', position: 1 });
      world.fact(parent, { kind: 'tell', messageId: newId('message'), sessionId: other, text: 'one more thing' });
      world.end(other, outcome, 1);
      expect(world.session(other).lifecycle.state, outcome).toBe(state);
    }
  });

  test('LINK-9 that was put to sleep in the middle of a turn goes on when its runner is back', () => {
    for (const id of [parent, child]) world.fact(id, { kind: 'consumed', position: 1 });
    world.fact(parent, { kind: 'state', state: 'asleep', interrupted: true });
    world.fact(child, { kind: 'state', state: 'asleep' });
    for (const id of [parent, child]) world.decide((draft) => wakeInterrupted(draft, id));
    expect(world.session(parent)).toMatchObject({ lifecycle: { state: 'queued' }, attempt: 2 });
    expect(world.session(child).lifecycle.state).toBe('asleep');
  });
});

describe('limits and lists', () => {
  test('TREE-4 what has ended does not go on where its parent has as many live children as it may', () => {
    const full = new TestWorld({ ...RULES, tree: { ...RULES.tree, maxLiveChildren: 1 } });
    const top = full.root(full.runner('a'));
    const first = full.child(top);
    full.end(first);
    full.child(top);
    const send = () =>
      full.decide((draft) =>
        sendPrompt(draft, first, { text: 'go on', deliverAs: 'steer', from: ANN }, full.rules.tree),
      );
    expect(send).toThrow(/the most it may have/);
    const tell = full.fact(top, { kind: 'tell', messageId: newId('message'), sessionId: first, text: 'go on' });
    expect(tell).toMatchObject({ code: 'children_limit' });
    expect(full.session(first).lifecycle.state).toBe('ended');
    full.check();
  });

  test('TRG-6 a notice to a parent that ends in the same commit goes to people', () => {
    const both = new TestWorld();
    const runner = both.runner('a', 'offline');
    const top = both.root(runner);
    const child = both.child(top);
    const times = RULES.times;
    const ids = new Map<string, ReturnType<typeof newId<'trigger'>>>();
    const triggerId = (of: string) => ids.get(of) ?? ids.set(of, newId('trigger')).get(of) ?? newId('trigger');
    both.decide((draft) => stopSession(draft, top, { tree: true, strength: 'stop', from: ANN, triggerId, times }));
    expect(both.trigger(triggerId(child)).state).toMatchObject({ state: 'escalated' });
  });
});

describe('retention', () => {
  const DAY = 24 * 3600_000;
  const keeping = () => new TestWorld({ ...RULES, times: { ...RULES.times, keepEndedMs: 30 * DAY } });

  test('an ended session is forgotten after its time, and a live one never', () => {
    const kept = keeping();
    const top = kept.root(kept.runner('a'));
    const other = kept.root(kept.runner('b'));
    kept.end(top);
    kept.advance(29 * DAY);
    expect(kept.get('session', top)).toBeDefined();
    kept.advance(2 * DAY);
    expect(kept.get('session', top)).toBeUndefined();
    expect(kept.get('session', other)).toBeDefined();
  });

  test('TRG-4 one whose end nobody has read of, or with a live child, or that goes on again, stays', () => {
    const kept = keeping();
    const runner = kept.runner('a');
    const [parent, revived] = [kept.root(runner), kept.root(runner)];
    const unread = kept.child(parent);
    kept.end(unread);
    kept.end(revived);
    kept.decide((draft) => sendPrompt(draft, revived, { text: 'on', deliverAs: 'steer', from: ANN }, RULES.tree));
    const old = kept.root(runner);
    kept.child(old);
    kept.end(old);
    kept.advance(31 * DAY);
    for (const id of [unread, revived, old]) expect(kept.get('session', id)).toBeDefined();
    kept.check();
  });

  test('without a setting nothing is forgotten', () => {
    const kept = new TestWorld();
    const top = kept.root(kept.runner('a'));
    kept.end(top);
    kept.advance(1000 * DAY);
    expect(kept.get('session', top)).toBeDefined();
  });
});
