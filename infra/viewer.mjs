/**
 * `pnpm test:viewer`: the tests of the viewer in a real browser; `--store redis` on Redis; `--long` instead measures it for
 * minutes: a stream of 500 events a second, a page that is frozen, the first visit, a pressed notification. `pnpm
 * screenshots`: makes docs/img anew, from a real run. Whatever else is given goes to the test runner.
 */
import { parseArgs } from 'node:util';

const { values, tokens } = parseArgs({
  strict: false,
  tokens: true,
  options: { screenshots: { type: 'boolean' }, long: { type: 'boolean' }, store: { type: 'string' } },
});
const OWN = new Set(['screenshots', 'long', 'store']);
const rest = tokens.filter((token) => token.kind === 'positional' || !OWN.has(token.name));

if (values.screenshots) process.env.TREELINE_SCREENSHOTS = 'docs/img';
if (values.long) process.env.TREELINE_TEST_VIEWER_LONG = '1';
if (values.store !== undefined) process.env.TREELINE_TEST_VIEWER_STORE = values.store;
const files = values.screenshots ? 'test/e2e/web-screenshots' : values.long ? 'test/e2e/web-long' : 'test/e2e';
const named = rest.some(({ kind }, at) => kind === 'positional' && !rest[at - 1]?.rawName);
process.argv.splice(2, Infinity, ...(named ? [] : [files]), ...rest.map((token) => token.rawName ?? token.value));
await import('./test.mjs');
