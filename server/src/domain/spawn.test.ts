import { newId, type SessionSpec } from '@treeline/shared';
import { beforeEach, expect, test } from 'vitest';
import { spawnSession } from './spawn.ts';
import { RULES, TestWorld } from './testing.ts';

let world: TestWorld;
let pi: ReturnType<TestWorld['runner']>;
let root: ReturnType<TestWorld['root']>;

beforeEach(() => {
  world = new TestWorld();
  pi = world.runner('pi');
  root = world.root(pi);
  return () => {
    world.check();
  };
});

const start = (spec: Partial<SessionSpec>, parentId?: ReturnType<TestWorld['root']>) => {
  const id = newId('session');
  world.decide((draft) =>
    spawnSession(
      draft,
      { id, spec: { prompt: 'x', ...spec }, parentId, by: { kind: 'person', name: 'ann' } },
      RULES.tree,
    ),
  );
  return id;
};

test('TREE-1 a session is queued on its runner with its prompt as first inbox item', () => {
  const id = start({ prompt: 'build it', runnerId: pi.id });
  expect(world.session(id)).toMatchObject({
    lifecycle: { state: 'queued' },
    rootId: id,
    depth: 0,
    treeLive: 1,
    title: 'build it',
  });
  expect(world.last(id)).toMatchObject({ kind: 'prompt', text: 'build it' });
  expect(world.messages).toContainEqual({ type: 'assigned', runnerId: pi.id, session: id });
});

test('TREE-6 a child belongs to its parent’s tree and runner', () => {
  const child = world.child(root);
  expect(world.session(child)).toMatchObject({ parentId: root, rootId: root, depth: 1, runnerId: pi.id });
  expect(world.session(root)).toMatchObject({ liveChildren: 1, treeLive: 2 });
});

test('TREE-3 an unknown parent is refused, never dropped', () => {
  expect(() => start({}, newId('session'))).toThrow(/There is no session/);
});

test('TREE-3 an ended parent is refused', () => {
  world.end(root);
  expect(() => start({}, root)).toThrow(/has ended/);
});

test('TREE-4 a tree is at most four levels deep below its root', () => {
  let at = root;
  for (let depth = 1; depth <= 4; depth++) at = world.child(at);
  expect(world.fact(at, { kind: 'spawn', sessionId: newId('session'), spec: { prompt: 'x' } })).toMatchObject({
    code: 'depth_limit',
  });
});

test('TREE-4 a session has at most eight live children', () => {
  const children = Array.from({ length: 8 }, () => world.child(root));
  expect(world.fact(root, { kind: 'spawn', sessionId: newId('session'), spec: { prompt: 'x' } })).toMatchObject({
    code: 'children_limit',
  });
  world.end(children[0] ?? root);
  expect(world.fact(root, { kind: 'spawn', sessionId: newId('session'), spec: { prompt: 'x' } })).toBeUndefined();
});

test('TREE-4 a session spawns at most ten times a minute', () => {
  for (let i = 0; i < 10; i++) world.end(world.child(root));
  const spawn = () => world.fact(root, { kind: 'spawn', sessionId: newId('session'), spec: { prompt: 'x' } });
  expect(spawn()).toMatchObject({ code: 'spawn_rate' });
  world.advance(60_001);
  expect(spawn()).toBeUndefined();
});

test('TREE-4 a tree holds at most 32 live sessions', () => {
  const limits = { ...RULES.tree, spawnsPerMinute: 1000 };
  const spawn = (parentId: typeof root) => {
    const id = newId('session');
    world.decide((draft) =>
      spawnSession(draft, { id, spec: { prompt: 'x' }, parentId, by: { kind: 'relay' } }, limits),
    );
    return id;
  };
  const first = Array.from({ length: 8 }, () => spawn(root));
  for (let i = 0; i < 23; i++) spawn(first[i % 8] ?? root);
  expect(() => spawn(first[7] ?? root)).toThrow(/32 live sessions/);
});

test('TREE-6 an unnamed runner is chosen by labels, then presence, then free places', () => {
  const away = world.runner('away', 'offline');
  const desktop = world.runner('desktop');
  expect(world.session(start({ runnerLabels: { name: 'away' } })).runnerId).toBe(away.id);
  // pi has the root already.
  expect(world.session(start({})).runnerId).toBe(desktop.id);
  expect(() => start({ runnerLabels: { gpu: 'yes' } })).toThrow(/No runner has the labels gpu=yes/);
});

test('an agent that the runner does not offer is refused with what it has', () => {
  expect(() => start({ runnerId: pi.id, agent: 'claude' })).toThrow(/no agent "claude"; it has scripted, command/);
});

test('a key that was seen returns the same session: the id is taken once', () => {
  const sessionId = newId('session');
  world.fact(root, { kind: 'spawn', sessionId, spec: { prompt: 'x' } });
  expect(world.fact(root, { kind: 'spawn', sessionId, spec: { prompt: 'x' } })).toMatchObject({ code: 'conflict' });
  expect(world.session(root).liveChildren).toBe(1);
});
