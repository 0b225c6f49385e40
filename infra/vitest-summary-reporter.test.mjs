import { expect, test } from 'vitest';
import { count } from './vitest-summary-reporter.mjs';

const fileOf = (states, { errors = [], suiteErrors = [] } = {}) => ({
  errors: () => errors,
  children: {
    allTests: () => states.map((state) => ({ result: () => ({ state }) })),
    allSuites: () => [{ errors: () => suiteErrors }],
  },
});

test('tests are counted by how they ended', () => {
  expect(count([fileOf(['passed', 'failed', 'skipped', 'pending']), fileOf(['passed'])])).toEqual({
    passed: 2,
    failed: 1,
    skipped: 2,
  });
});

test('a file that does not load, a suite whose hook throws and an error outside any test are failures', () => {
  const broken = [
    fileOf([], { errors: [new Error('syntax')] }),
    fileOf(['skipped'], { suiteErrors: [new Error('hook')] }),
  ];
  expect(count(broken, [new Error('unhandled')])).toEqual({ passed: 0, failed: 3, skipped: 1 });
});
