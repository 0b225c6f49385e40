/**
 * `pnpm test:viewer`: the tests of the viewer in a real browser; `--long` instead measures it for minutes: a stream of 500
 * events a second, a page that is frozen, the first visit, a pressed notification. `pnpm screenshots`: makes docs/img anew, from a real run.
 */
const [, , ...given] = process.argv;
const screenshots = given.includes('--screenshots');
const long = given.includes('--long');

if (screenshots) process.env.TREELINE_SCREENSHOTS = 'docs/img';
if (long) process.env.TREELINE_TEST_VIEWER_LONG = '1';
const files = screenshots ? 'test/e2e/web-screenshots' : long ? 'test/e2e/web-long' : 'test/e2e';
process.argv.splice(2, given.length, files, ...given.filter((arg) => arg !== '--screenshots' && arg !== '--long'));
await import('./test.mjs');
