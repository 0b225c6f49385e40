/** Counts a run into the file that TREELINE_TEST_SUMMARY names; infra/test.mjs prints the closing line from it. */
import { writeFileSync } from 'node:fs';

export default class SummaryReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const path = process.env.TREELINE_TEST_SUMMARY;
    if (path) writeFileSync(path, JSON.stringify(count(modules, unhandledErrors)));
  }
}

/**
 * A file or suite that broke outside its tests, and an error that no test caught, count as one failure each. `flaky` names
 * the tests that failed and then passed: they count as passed, and are to be mended.
 */
export function count(modules, unhandledErrors = []) {
  const sum = { passed: 0, failed: unhandledErrors.length, skipped: 0, flaky: [] };
  for (const module of modules) {
    if (module.errors().length > 0) sum.failed += 1;
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) sum.failed += 1;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      sum[state === 'passed' || state === 'failed' ? state : 'skipped'] += 1;
      if (test.diagnostic()?.flaky) sum.flaky.push(test.fullName);
    }
  }
  return sum;
}
