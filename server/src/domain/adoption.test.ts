import { type FactRecord, newId, type SessionClaim, type SessionId, TreelineError } from '@treeline/shared';
import { beforeEach, describe, expect, test } from 'vitest';
import { adoptSession } from './adoption.ts';
import { applyAgain, finishRefill, isHistory } from './history.ts';
import { deleteSession } from './people.ts';
import { TestWorld } from './testing.ts';

const BORN = 800_000;
const END = { epoch: 1, seq: 100 };

let world: TestWorld;
let alpha: ReturnType<TestWorld['runner']>;
let beta: ReturnType<TestWorld['runner']>;

beforeEach(() => {
  world = new TestWorld();
  alpha = world.runner('alpha');
  beta = world.runner('beta');
  return () => {
    world.check();
  };
});

const older = () => newId('session', BORN - 1);

function claimed(part: Partial<SessionClaim> = {}): SessionClaim {
  const said = { attempt: 1, agent: 'scripted', title: 'mine', labels: {}, parentId: null, inboxPosition: 0 };
  return { id: older(), ...said, history: END, ended: false, open: [], ...part };
}

function adopt(claim: SessionClaim, runner = alpha): SessionId {
  world.decide((draft) => adoptSession(draft, claim, { runnerId: runner.id, storeBornAt: BORN, rules: world.rules }));
  return claim.id;
}

function refusalOf(claim: SessionClaim, runner = alpha): string {
  try {
    adopt(claim, runner);
  } catch (error) {
    if (error instanceof TreelineError) return error.code;
    throw error;
  }
  return 'none';
}

type NewFact = FactRecord extends infer F ? (F extends FactRecord ? Omit<F, 'id' | 'at'> : never) : never;

/** A fact of its log that had its effects before the loss. */
function again(id: SessionId, fact: NewFact): void {
  const record = { ...fact, id: newId('record'), at: 700_000 } as FactRecord;
  world.decide((draft) => applyAgain(draft, world.session(id), record, world.rules));
}

const spawned = (parent: SessionId, child: SessionId, runner = beta) =>
  again(parent, { kind: 'spawn', sessionId: child, spec: { prompt: 'sub', runnerId: runner.id } });

describe('a claim', () => {
  test('LINK-10 makes the record, and changes nothing when it comes again', () => {
    const claim = claimed({ title: 'lead', labels: { a: 'b' }, cwd: '/w', attempt: 3 });
    const id = adopt(claim);
    expect(world.session(id)).toMatchObject({
      title: 'lead',
      labels: { a: 'b' },
      cwd: '/w',
      attempt: 3,
      createdAt: BORN - 1,
      runnerId: alpha.id,
      parentId: null,
      rootId: id,
      depth: 0,
      lifecycle: { state: 'starting' },
    });
    adopt({ ...claim, title: 'other' });
    expect(world.session(id).title).toBe('lead');
  });

  test('LINK-13 is refused for a session of another runner, whatever it says', () => {
    const theirs = adopt(claimed(), beta);
    const before = world.session(theirs);
    expect(refusalOf(claimed({ id: theirs, title: 'taken over' }))).toBe('not_yours');
    const live = world.root(beta);
    expect(refusalOf(claimed({ id: live }))).toBe('not_yours');
    expect(world.session(theirs)).toBe(before);
  });

  test('LINK-13 is refused for a session that is younger than the store, and for one that was deleted from it', () => {
    expect(refusalOf(claimed({ id: newId('session', BORN) }))).toBe('not_yours');
    const claim = claimed({ ended: true });
    adopt(claim);
    world.decide((draft) => deleteSession(draft, claim.id));
    expect(refusalOf(claim)).toBe('not_yours');
  });
});

describe('a family', () => {
  const three = () => {
    const parent = claimed();
    const child = claimed({ parentId: parent.id });
    return { parent, child, leaf: claimed({ parentId: child.id }) };
  };

  /** Whichever way it came about. */
  function expectOne({ parent, child, leaf }: ReturnType<typeof three>): void {
    expect(world.session(parent.id)).toMatchObject({ liveChildren: 1, treeLive: 3 });
    expect(world.session(child.id)).toMatchObject({ parentId: parent.id, rootId: parent.id, depth: 1, treeLive: 0 });
    expect(world.session(leaf.id)).toMatchObject({ parentId: child.id, rootId: parent.id, depth: 2 });
    for (const { id } of [child, leaf]) expect(world.session(id)).not.toHaveProperty('formerParentId');
  }

  test('LINK-11 is one again when the parent comes first', () => {
    const { parent, child, leaf } = three();
    adopt(parent);
    spawned(parent.id, child.id);
    adopt(child, beta);
    spawned(child.id, leaf.id, alpha);
    adopt(leaf);
    expectOne({ parent, child, leaf });
  });

  test('LINK-11 is one again when the child comes first', () => {
    const { parent, child, leaf } = three();
    adopt(leaf);
    adopt(child, beta);
    spawned(child.id, leaf.id, alpha);
    expect(world.session(child.id)).toMatchObject({ parentId: null, formerParentId: parent.id, treeLive: 2 });
    adopt(parent);
    expect(world.session(child.id).parentId).toBeNull();
    spawned(parent.id, child.id);
    expectOne({ parent, child, leaf });
  });

  test('LINK-11 is none by the word of a child alone', () => {
    const stranger = world.root(beta);
    const before = world.session(stranger);
    const id = adopt(claimed({ parentId: stranger }));
    expect(world.session(id)).toMatchObject({ parentId: null, rootId: id, formerParentId: stranger });
    expect(world.session(stranger)).toBe(before);
    expect(
      world.fact(stranger, { kind: 'tell', messageId: newId('message'), sessionId: id, text: 'hi' }),
    ).toMatchObject({
      code: 'not_a_child',
    });
  });

  test('LINK-11 is none by the word of a parent alone, nor of a child on another runner than the parent chose', () => {
    const parent = adopt(claimed());
    const foreign = adopt(claimed(), beta);
    spawned(parent, foreign);
    expect(world.session(foreign).parentId).toBeNull();
    const squatted = claimed({ parentId: parent });
    spawned(parent, squatted.id, beta);
    adopt(squatted, alpha);
    expect(world.session(squatted.id).parentId).toBeNull();
  });

  test('LINK-11 is never a circle, nor deeper than a tree may be', () => {
    const [a, b] = [older(), older()];
    adopt(claimed({ id: a, parentId: b }));
    adopt(claimed({ id: b, parentId: a }));
    spawned(a, b, alpha);
    spawned(b, a, alpha);
    expect(world.session(b)).toMatchObject({ parentId: a });
    expect(world.session(a)).toMatchObject({ parentId: null });
    let lowest = b;
    for (let level = 2; level <= 5; level++) {
      const next = claimed({ parentId: lowest });
      adopt(next);
      spawned(lowest, next.id, alpha);
      lowest = next.id;
    }
    expect(world.session(lowest)).toMatchObject({ parentId: null, depth: 0 });
  });

  test('LINK-11 tells a parent that waits how a child ended meanwhile, and people nothing', () => {
    const parent = claimed();
    const child = adopt(claimed({ parentId: parent.id }), beta);
    const notice = world.end(child);
    expect(world.get('trigger', notice)).toBeUndefined();
    adopt(parent);
    spawned(parent.id, child);
    expect(world.last(parent.id)).toMatchObject({
      kind: 'trigger',
      triggerId: notice,
      type: 'session_complete',
      child,
    });
    expect(world.session(parent.id)).toMatchObject({ liveChildren: 0, treeLive: 1 });
  });
});

describe('its history', () => {
  test('LINK-10 has no effect a second time', () => {
    const id = adopt(claimed());
    const triggerId = newId('trigger');
    again(id, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'answered long ago' } });
    again(id, { kind: 'answer', triggerId: newId('trigger'), response: 'x' });
    again(id, { kind: 'tell', messageId: newId('message'), sessionId: older(), text: 'x' });
    const child = older();
    again(id, { kind: 'spawn', sessionId: child, spec: { prompt: 'sub' } });
    again(id, {
      kind: 'end',
      triggerId: newId('trigger'),
      outcome: 'completed',
      reason: 'ok',
      summary: 'first attempt',
    });
    again(id, { kind: 'state', state: 'running', resumable: true });
    expect(world.get('trigger', triggerId)).toBeUndefined();
    expect(world.get('session', child)).toBeUndefined();
    expect(world.inboxes.get(id)).toBeUndefined();
    expect(world.session(id)).toMatchObject({ lifecycle: { state: 'running', since: 700_000 }, resumable: true });
  });

  test('LINK-10 brings an ended session back with its end', () => {
    const id = adopt(claimed({ ended: true }));
    again(id, { kind: 'state', state: 'running' });
    again(id, {
      kind: 'end',
      triggerId: newId('trigger'),
      outcome: 'completed',
      reason: 'ok',
      summary: 'all',
      resumable: true,
    });
    expect(world.session(id).lifecycle).toEqual({
      state: 'ended',
      since: 7e5,
      outcome: 'completed',
      reason: 'ok',
      summary: 'all',
      resumable: true,
    });
  });

  test('LINK-10 ends where the claim said, and wakes what slept in the middle of something', () => {
    const id = adopt(claimed());
    again(id, { kind: 'state', state: 'asleep', interrupted: true, resumable: true });
    const frame = (first: number) => ({ epoch: 1, first, count: 1 });
    expect([99, 100, 101].map((first) => isHistory(world.session(id), frame(first)))).toEqual([true, true, false]);
    world.decide((draft) => finishRefill(draft, world.session(id), { epoch: 1, seq: 99 }));
    expect(world.session(id).lifecycle.state).toBe('asleep');
    world.decide((draft) => finishRefill(draft, world.session(id), END));
    expect(world.session(id)).toMatchObject({ lifecycle: { state: 'queued' }, attempt: 2 });
    expect(world.session(id)).not.toHaveProperty('refill');
  });

  test('LINK-12 opens the question that still waits, with people, under its own id; its parent may answer', () => {
    const parent = claimed();
    adopt(parent);
    const triggerId = newId('trigger');
    const child = adopt(claimed({ parentId: parent.id, open: [triggerId] }), beta);
    again(child, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'which?' } });
    expect(world.trigger(triggerId)).toMatchObject({
      state: {
        state: 'escalated',
        why: 'the relay had lost its store',
      },
      createdAt: 7e5,
      parentId: null,
    });
    spawned(parent.id, child);
    expect(world.trigger(triggerId)).toMatchObject({ parentId: parent.id, rootId: parent.id });
    expect(world.fact(parent.id, { kind: 'answer', triggerId, response: 'left' })).toBeUndefined();
    expect(world.last(child)).toMatchObject({ kind: 'answer', triggerId, response: 'left' });
  });

  test('LINK-12 takes the answer that was under way to the child when the store was lost', () => {
    const parent = claimed();
    const triggerId = newId('trigger');
    const child = adopt(claimed({ parentId: parent.id, open: [triggerId] }), beta);
    again(child, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'which?' } });
    adopt(parent);
    spawned(parent.id, child);
    again(parent.id, { kind: 'answer', triggerId, response: 'left' });
    expect(world.trigger(triggerId).state).toMatchObject({ state: 'answered', response: 'left' });
  });

  test('LINK-13 opens no question under the id of another one', () => {
    const theirs = world.ask(world.root(beta), 'theirs?');
    const before = world.trigger(theirs);
    const id = adopt(claimed({ open: [theirs] }));
    again(id, { kind: 'ask', triggerId: theirs, ask: { type: 'ask_user_question', text: 'mine' } });
    expect(world.trigger(theirs)).toBe(before);
    expect(world.session(id).open).toEqual([]);
  });
});
