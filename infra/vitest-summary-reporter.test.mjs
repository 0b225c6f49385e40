import { expect, test } from 'vitest';
import { count } from './vitest-summary-reporter.mjs';

const fileOf = (states, { errors = [], suiteErrors = [] } = {}) => ({
  errors: () => errors,
  children: {
    allTests: () =>
      states.map((state) => ({
        fullName: `a test that ${state}`,
        result: () => ({ state: state === 'passed at last' ? 'passed' : state }),
        diagnostic: () => ({ flaky: state === 'passed at last' }),
      })),
    allSuites: () => [{ errors: () => suiteErrors }],
  },
});

test('tests are counted by how they ended', () => {
  expect(count([fileOf(['passed', 'failed', 'skipped', 'pending']), fileOf(['passed'])])).toEqual({
    passed: 2,
    failed: 1,
    skipped: 2,
    flaky: [],
  });
});

test('a file that does not load, a suite whose hook throws and an error outside any test are failures', () => {
  const broken = [
    fileOf([], { errors: [new Error('syntax')] }),
    fileOf(['skipped'], { suiteErrors: [new Error('hook')] }),
  ];
  expect(count(broken, [new Error('unhandled')])).toEqual({ passed: 0, failed: 3, skipped: 1, flaky: [] });
});

test('what passes only when it is tried again is named', () => {
  const { passed, failed, flaky } = count([fileOf(['passed at last', 'passed'])]);
  expect({ passed, failed, flaky }).toEqual({ passed: 2, failed: 0, flaky: ['a test that passed at last'] });
});
