/** `pnpm test:faults [--minutes 5] [--seed N] [--store redis|embedded] [--sessions 12] [--only relay,network] [--quiet]`. */
import { argv } from 'node:process';
import { parseArgs } from 'node:util';
import { countOf } from './checker.ts';
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
    quiet: { type: 'boolean', default: false },
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (values.store !== 'redis' && values.store !== 'embedded') throw new Error('--store is redis or embedded');
const result = await run({
  store: values.store,
  seed,
  faultMs: Number(values.minutes) * 60_000,
  trees: Math.ceil(Number(values.sessions) / 3),
  settleMs: values.settle === undefined ? undefined : Number(values.settle) * 1000,
  ...(values.only === undefined ? {} : { only: values.only.split(',') }),
  say: (line) => {
    if (!values.quiet) console.log(line);
  },
});
const { findings, faults, recoveries, drainMs, undrained, trees, folder } = result;
const sorted = recoveries.toSorted((a, b) => a - b);
const at = (part: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
for (const { wrong, what } of findings.violations.slice(0, 60)) console.log(`${wrong}: ${what}`);
for (const [name, times] of [...faults].toSorted()) console.log(`  ${String(times).padStart(4)} ${name}`);
console.log(
  `store ${values.store}, seed ${seed}: ${[...faults.values()].reduce((a, b) => a + b, 0)} faults of ${faults.size} kinds, ` +
    `${findings.events} events, ${findings.triggers} triggers, ${findings.prompts} prompts, ` +
    `${trees.finished} trees finished, ${trees.stopped} stopped\n` +
    `${countOf(findings, 'lost')} lost, ${countOf(findings, 'duplicated')} duplicated, ${countOf(findings, 'reordered')} reordered, ` +
    `${countOf(findings, 'wrong')} otherwise wrong\n` +
    `recovery p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; drained ${drainMs} ms after the last fault`,
);
if (findings.violations.length > 0 || undrained.length > 0) {
  console.log(
    `Everything of this run is in ${folder}. Again: pnpm test:faults --seed ${seed} --store ${values.store} --minutes ${values.minutes}`,
  );
  process.exitCode = 1;
}
