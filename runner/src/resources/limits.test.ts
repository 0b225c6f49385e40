import { expect, test } from 'vitest';
import { limitReached, tighter } from './limits.ts';

const MB = 1024 * 1024;
const use = { memoryBytes: 100 * MB, ageMs: 60_000, idleMs: 30_000 };

test('a session within its limits goes on', () => {
  expect(limitReached({}, use)).toBeUndefined();
  expect(limitReached({ memoryBytes: 100 * MB, timeMs: 60_000, idleMs: 30_000 }, use)).toBeUndefined();
});

test('each limit that is passed is named with its number', () => {
  expect(limitReached({ memoryBytes: 99 * MB }, use)).toBe('It used 100 MB of memory; its limit is 99 MB.');
  expect(limitReached({ timeMs: 59_000 }, use)).toBe('It ran for longer than its limit of 59 s.');
  expect(limitReached({ idleMs: 29_000 }, use)).toBe('It was idle for longer than its limit of 29 s.');
});

test('a turn is never idle, however long it takes', () => {
  expect(limitReached({ idleMs: 1 }, { ...use, idleMs: undefined })).toBeUndefined();
});

test('a session can only tighten the limits of its runner', () => {
  expect(tighter({ memoryBytes: 10, timeMs: 5 }, { memoryBytes: 20, timeMs: 4, idleMs: 3 })).toEqual({
    memoryBytes: 10,
    timeMs: 4,
    idleMs: 3,
  });
  expect(tighter({ timeMs: 5 })).toEqual({ timeMs: 5 });
});
