import { expect, test } from 'vitest';
import { find } from './found.ts';
import { session } from './testing.ts';

const places = [{ text: 'Settings', path: '/settings' }];
const texts = (query: string, ...sessions: ReturnType<typeof session>[]) =>
  find(query, { sessions, places, pathOf: (id) => `/s/${id}` }).map(({ text }) => text);

test('letters of a title find it before what waits under an agent of such a name', () => {
  const urgent = session('Clean', { agent: 'tester', status: 'needs_you' });
  expect(texts('te', urgent, session('Test matrix'))).toEqual(['Test matrix', 'Clean']);
});

test('of titles that fit, the urgent one stands first, and screens after them', () => {
  const urgent = session('Set two', { status: 'needs_you' });
  expect(texts('set', session('Set one'), urgent)).toEqual(['Set two', 'Set one', 'Settings']);
});

test('nothing typed shows the screens first', () => {
  expect(texts('', session('Any'))).toEqual(['Settings', 'Any']);
});
