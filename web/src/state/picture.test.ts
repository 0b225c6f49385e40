import { expect, test } from 'vitest';
import { BOX, neighbour, pictureOf } from './picture.ts';
import { session, trigger } from './testing.ts';
import { buildForest } from './tree.ts';

const child = (name: string, parent: string, at: number) => session(name, { parent, createdAt: at });
const MANY = [
  session('root'),
  ...Array.from({ length: 8 }, (_, at) => child(`m${at}`, 'root', at + 2)),
  ...Array.from({ length: 24 }, (_, at) => child(`l${at}`, `m${at % 8}`, at + 20)),
];

test('no two boxes of a large tree touch, and each child is to the right of its parent', () => {
  const [tree] = buildForest(MANY);
  if (tree === undefined) throw new Error('no tree');
  const { nodes, edges, width, height } = pictureOf(tree, { messages: new Map(), triggers: [] });
  expect(nodes).toHaveLength(33);
  for (const [at, a] of nodes.entries()) {
    expect(a.x >= 0 && a.y >= 0 && a.x + BOX.width <= width && a.y + BOX.height <= height).toBe(true);
    for (const b of nodes.slice(at + 1))
      expect(Math.abs(a.x - b.x) >= BOX.width || Math.abs(a.y - b.y) >= BOX.height).toBe(true);
  }
  expect(edges).toHaveLength(32);
  for (const { from, to } of edges) expect(to.x).toBeGreaterThan(from.x + BOX.width);
});

test('edges say what went between, and whether a question waits', () => {
  const [tree] = buildForest([session('a'), child('b', 'a', 2)]);
  if (tree === undefined) throw new Error('no tree');
  const { id } = session('b');
  const messages = new Map([[session('a').id as string, new Map([[id as string, 3]])]]);
  const triggers = [trigger('q', { sessionId: id }), trigger('d', { sessionId: id, type: 'session_complete' })];
  expect(pictureOf(tree, { messages, triggers }).edges).toMatchObject([{ messages: 3, asks: 1, waits: true }]);
});

test('arrows lead to parent, child and neighbours', () => {
  const [tree] = buildForest([session('a'), child('b', 'a', 2), child('c', 'a', 3)]);
  if (tree === undefined) throw new Error('no tree');
  const picture = pictureOf(tree, { messages: new Map(), triggers: [] });
  const [a, b, c] = ['a', 'b', 'c'].map((name) => session(name).id);
  expect(neighbour(picture, a ?? '', 'ArrowRight')).toBe(b);
  expect(neighbour(picture, b ?? '', 'ArrowDown')).toBe(c);
  expect(neighbour(picture, c ?? '', 'ArrowLeft')).toBe(a);
  expect(neighbour(picture, c ?? '', 'ArrowDown')).toBeUndefined();
});
