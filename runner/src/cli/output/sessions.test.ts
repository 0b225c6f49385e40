import { newId, shortId, type TriggerView } from '@treeline/shared';
import { expect, test } from 'vitest';
import { forestOf, renderSessions, treeRows } from './sessions.ts';
import { PLAIN, sessionView } from './testing.ts';

const root = sessionView({ title: 'release', createdAt: 0 });
const first = sessionView({ title: 'refactor', parentId: root.id, depth: 1, createdAt: 1 });
const deep = sessionView({ title: 'tests', parentId: first.id, depth: 2, createdAt: 2 });
const last = sessionView({ title: 'changelog', parentId: root.id, depth: 1, createdAt: 3, status: 'completed' });
const all = [last, deep, first, root];

const render = (sessions = all, triggers: TriggerView[] = []) =>
  renderSessions(
    forestOf(sessions).flatMap((tree) => treeRows(tree, PLAIN)),
    { runners: [], triggers, now: 61_000, look: PLAIN },
  );

test('a tree has a branch for each child, and a trunk beside what lies between', async () => {
  const lines = await render();
  const column = lines[0]?.indexOf('SESSION') ?? 0;
  const drawn = lines.slice(1).map((line) => line.slice(column).split('  ')[0]);
  expect(drawn).toEqual([
    shortId(root.id),
    `├─ ${shortId(first.id)}`,
    `│  └─ ${shortId(deep.id)}`.split('  ')[0],
    `└─ ${shortId(last.id)}`,
  ]);
});

test('a state is a mark and a word', async () => {
  const lines = (await render()).join('\n');
  expect(lines).toMatch(/● working +\S+ {2}release/);
  expect(lines).toMatch(/✓ done .*changelog/);
});

test('a session whose parent is not listed stands at the top', () => {
  expect(forestOf([deep, last]).map(({ session }) => session.title)).toEqual(['tests', 'changelog']);
});

test('an open question is named beside the session that asks, with its age', async () => {
  const id = newId('trigger');
  const trigger = { id, type: 'plan_review', createdAt: 1000 } as TriggerView;
  const asking = sessionView({ title: 'asks', status: 'needs_you', openTriggers: [id] });
  const [, line] = await render([asking], [trigger]);
  expect(line).toContain('▲ needs you');
  expect(line).toContain(`→ plan ${shortId(id)}, 1m`);
});

test('why a session waits is told in the relay’s words', async () => {
  const waiting = 'queued (runner kitchen-pi is offline)';
  const [, line] = await render([sessionView({ status: 'queued', waiting })]);
  expect(line).toContain(`→ ${waiting}`);
});
