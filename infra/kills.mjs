/**
 * `pnpm test:kills [--minutes 10]`: kill -9 of a runner's processes at random for so long while 20 sessions run, and the
 * tests of the runner as a service with fifty pairs of starts at once. `pnpm test` does the same for seconds.
 */
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { minutes: { type: 'string', default: '10' } },
  allowPositionals: true,
});
const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= 60)) {
  console.error(`--minutes ${values.minutes} is no number of minutes from 0 to 60: say for example --minutes 10.`);
  process.exit(2);
}
process.env.TREELINE_TEST_KILL_SECONDS = String(Math.round(minutes * 60));
process.env.TREELINE_TEST_STARTS = '50';
// Whole: each test of the second goes on from what the one before it left.
const tests = ['test/integration/runner-service-kills', 'test/integration/runner-service.test'];
process.argv.splice(2, process.argv.length, ...tests, ...positionals);
await import('./test.mjs');
