/** `pnpm test:faults [--minutes 5] [--seed N] [--store redis|embedded] [--sessions 12] [--only relay,network.runner] [--settle S] [--bail] [--quiet]`. */
import { argv } from 'node:process';
import { parseArgs } from 'node:util';
import { isGood, reportOf } from './report.ts';
import { run } from './run.ts';

const { values } = parseArgs({
  args: argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string' },
    store: { type: 'string', default: 'redis' },
    sessions: { type: 'string', default: '12' },
    only: { type: 'string' },
    settle: { type: 'string' },
    bail: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
});
const { store, minutes } = values;
if (store !== 'redis' && store !== 'embedded') throw new Error('--store is redis or embedded');
const seed = Number(values.seed ?? Date.now() % 1_000_000);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const result = await run({
  store,
  seed,
  faultMs: Number(minutes) * 60_000,
  trees: Math.ceil(Number(values.sessions) / 3),
  settleMs: values.settle === undefined ? undefined : Number(values.settle) * 1000,
  only: values.only?.split(','),
  bail: values.bail,
  say: (line) => {
    if (!values.quiet) console.log(line);
  },
});
console.log(reportOf(result, { store, seed }));
if (!isGood(result)) {
  const again = `pnpm test:faults --seed ${seed} --store ${store} --minutes ${minutes}`;
  console.log(`Everything of this run is in ${result.folder}. Again: ${again}`);
  process.exitCode = 1;
}
