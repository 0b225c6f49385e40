import { describe, expect, test } from 'vitest';
import { grouped, labelsOf, narrowed } from './groups.ts';
import { runner, session } from './testing.ts';
import { buildForest, findNode, linesOf, liveBelow, pathTo, shownStatus, siblingOf } from './tree.ts';

const SESSIONS = [
  session('root', { status: 'waiting_for_child' }),
  session('mid', { parent: 'root', createdAt: 2 }),
  session('leaf', { parent: 'mid', status: 'needs_you', title: 'Token tests' }),
  session('side', {
    parent: 'root',
    createdAt: 1,
    status: 'completed',
    lifecycle: { state: 'ended', since: 9, outcome: 'completed', reason: 'ok', resumable: false },
  }),
  session('other', { createdAt: 5 }),
];
const byId = new Map(SESSIONS.map((one) => [one.id as string, one]));

describe('the tree', () => {
  test('a root says what needs a person below it, and how far down', () => {
    const [root] = buildForest(SESSIONS);
    expect(root?.worst).toMatchObject({ status: 'needs_you', levels: 2 });
    expect(root?.below).toBe(3);
    expect(root && shownStatus(root)).toBe('needs_you');
  });

  test('what is over is no news to the root', () => {
    const failed = { state: 'ended', since: 1, outcome: 'failed', reason: 'error', resumable: false } as const;
    const [root] = buildForest([
      session('a', { status: 'idle' }),
      session('b', { parent: 'a', status: 'failed', lifecycle: failed }),
    ]);
    expect(root?.worst).toBeUndefined();
  });

  test('a session whose parent is not known is a root here', () => {
    expect(buildForest([session('x', { parent: 'deleted' })])).toHaveLength(1);
  });

  test('lines are in reading order, with level and place, and leave out what is closed', () => {
    const forest = buildForest(SESSIONS);
    const lines = linesOf(forest, () => false).map(({ node, level, position }) => [
      node.session.id.replace(/^ses_0*/, ''),
      level,
      position,
    ]);
    expect(lines).toEqual([
      ['root', 1, 1],
      ['side', 2, 1],
      ['mid', 2, 2],
      ['leaf', 3, 1],
      ['other', 1, 2],
    ]);
    const closed = linesOf(forest, (id) => id.endsWith('mid'));
    expect(closed).toHaveLength(4);
  });

  test('finds a node anywhere, and the path to it', () => {
    const leaf = session('leaf').id;
    expect(findNode(buildForest(SESSIONS), leaf)?.session.id).toBe(leaf);
    expect(pathTo(byId, leaf).map(({ title }) => title)).toEqual(['root', 'mid', 'Token tests']);
  });

  test('a circle of parents does not hang the page', () => {
    const circle = new Map(
      [session('a', { parent: 'b' }), session('b', { parent: 'a' })].map((one) => [one.id as string, one]),
    );
    expect(pathTo(circle, session('a').id).length).toBeLessThanOrEqual(2);
  });
});

const ANY = { q: '', runner: '', label: '' };

describe('the list', () => {
  test('groups trees by what their root shows', () => {
    expect(grouped(buildForest(SESSIONS)).map(({ group, trees }) => [group, trees.length])).toEqual([
      ['needs_you', 1],
      ['working', 1],
    ]);
  });

  test('a search keeps what it finds in its place in the tree', () => {
    const runners = new Map([[runner('r').id as string, runner('r')]]);
    expect(narrowed(byId, runners, { ...ANY, q: 'token TESTS' }).map(({ title }) => title)).toEqual([
      'root',
      'mid',
      'Token tests',
    ]);
    expect(narrowed(byId, runners, { ...ANY, q: 'nothing of this' })).toEqual([]);
  });

  test('is narrowed by runner and by label, and knows which labels there are', () => {
    const blue = session('blue', { labels: { team: 'blue' } });
    const red = session('red', { labels: { team: 'red', release: '2' } });
    const all = new Map([blue, red].map((one) => [one.id as string, one]));
    expect(labelsOf(all.values())).toEqual(['release=2', 'team=blue', 'team=red']);
    expect(narrowed(all, new Map(), { ...ANY, label: 'team=red' })).toEqual([red]);
    expect(narrowed(all, new Map(), { ...ANY, runner: 'another' })).toEqual([]);
  });

  test('counts what is live below, and finds the neighbour', () => {
    const forest = buildForest([
      session('a'),
      session('b', { parent: 'a', createdAt: 2 }),
      session('c', { parent: 'a', createdAt: 3, lifecycle: ENDED }),
    ]);
    const [root] = forest;
    expect(root === undefined ? -1 : liveBelow(root)).toBe(1);
    expect(siblingOf(forest, session('b').id, 1)).toBe(session('c').id);
    expect(siblingOf(forest, session('c').id, 1)).toBeUndefined();
  });
});

const ENDED = { state: 'ended', since: 5, outcome: 'completed', reason: 'ok', resumable: false } as const;
