import type { SessionView } from '@treeline/shared';
import { expect, test } from 'vitest';
import { waitResult, type WaitGoal } from './wait.ts';

const cases: [SessionView['status'], WaitGoal | undefined, number | undefined][] = [
  ['completed', undefined, 0],
  ['failed', undefined, 20],
  ['lost', 'done', 20],
  ['cancelled', 'idle', 22],
  ['needs_you', undefined, 21],
  ['needs_you', 'idle', 21],
  ['needs_you', 'needs-you', 0],
  ['needs_you', 'done', undefined],
  ['completed', 'needs-you', 1],
  ['idle', undefined, undefined],
  ['idle', 'idle', 0],
  ['asleep', 'idle', 0],
  ['waiting_for_child', 'idle', undefined],
  ['working', 'done', undefined],
  ['runner_offline', undefined, undefined],
];

test.each(cases)('a session that is %s ends a wait for %s with %s', (status, goal, exit) => {
  expect(waitResult({ status }, goal)).toBe(exit);
});
