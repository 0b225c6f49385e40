/** `npx pnpm bench [--quick] [--store embedded|redis] [--only burst,trips …] [--rounds N] [--charts FOLDER] [--json]`: the relay beside raw ws and bare socket.io. */
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { type Context, type Plan, withContext } from './context.ts';
import { drawGrowth } from './charts.ts';
import { median } from './measure.ts';
import { asJson, asText, judge } from './report.ts';
import { Samples } from './samples.ts';
import { type RigKind, runRig } from './rigs.ts';
import { bursts, flood } from './scenarios/burst.ts';
import { fullStore } from './scenarios/full-store.ts';
import { growth } from './scenarios/growth.ts';
import { idleRunner } from './scenarios/idle-runner.ts';
import { latencies } from './scenarios/latency.ts';
import { runners } from './scenarios/runner.ts';
import { sizes } from './scenarios/sizes.ts';
import { coldStarts, halfOpen, recoveries } from './scenarios/start.ts';
import { tokens } from './scenarios/tokens.ts';
import { trips } from './scenarios/trips.ts';
import { viewers } from './scenarios/viewers.ts';
import { type BaselineKind, runBaseline } from './servers/baseline.ts';
import { runJournal } from './servers/journal.ts';
import type { StoreName } from './servers/process.ts';

const SCENARIOS: Readonly<Record<string, (context: Context) => Promise<void>>> = {
  burst: bursts,
  flood,
  latency: latencies,
  tokens,
  trips,
  viewers,
  store: fullStore,
  start: coldStarts,
  recovery: recoveries,
  halfopen: halfOpen,
  runner: runners,
  sizes,
};

/** Not part of a run that does not name it: `--only growth`. */
const EXTRA: typeof SCENARIOS = { growth, idle: idleRunner };

/** The whole run, ms: later rounds are left out when the machine is too slow for them. */
const QUICK_MS = 3 * 60_000;
const FULL_MS = 14 * 60_000;
/** Some scenarios take longer than others. */
const SHARE = 2.5;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    store: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    charts: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

if (positionals[0] === '_baseline')
  runBaseline(positionals[1] as BaselineKind, Number(positionals[2]), positionals[3] ?? '');
else if (positionals[0] === '_journal') runJournal(positionals[1] ?? '');
else if (positionals[0] === '_agent') runRig(positionals[1] as RigKind);
else await bench();

async function bench(): Promise<void> {
  // What was started ends with this process.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const started = performance.now();
  const names = values.only?.split(',') ?? Object.keys(SCENARIOS);
  const scenarios = { ...SCENARIOS, ...EXTRA };
  const unknown = names.find((name) => scenarios[name] === undefined);
  if (unknown !== undefined) {
    console.error(`There is no scenario ${unknown}: name some of ${Object.keys(scenarios).join(', ')} with --only.`);
    process.exitCode = 2;
    return;
  }
  const total = values.quick ? QUICK_MS : FULL_MS;
  let until = Number.POSITIVE_INFINITY;
  const rounds = values.rounds === undefined ? (values.quick ? 2 : 5) : Number(values.rounds);
  const plan: Plan = {
    stores: values.store === undefined ? ['embedded', 'redis'] : [values.store as StoreName],
    quick: values.quick,
    rounds,
    more: (round) => round === 0 || (round < rounds && performance.now() < until),
  };
  const samples = new Samples();
  try {
    await withContext(plan, samples, async (context) => {
      for (const [i, name] of names.entries()) {
        const left = total - (performance.now() - started);
        until = performance.now() + Math.min(left, (left / (names.length - i)) * SHARE);
        await scenarios[name]?.(context);
      }
    });
  } catch (error) {
    // What was measured before is still worth reading.
    console.error(error);
    process.exitCode = 1;
  }
  const run = {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'cpu'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`,
    settings: `medians of up to ${rounds} alternating rounds; events of 500 bytes; loopback; SQLite flushed before each answer, Redis with appendfsync everysec unless it says always`,
    foreign: { median: median(samples.foreign), most: Math.max(...samples.foreign) },
    seconds: (performance.now() - started) / 1000,
  };
  const judged = judge(samples.results());
  if (values.charts !== undefined) await drawGrowth(judged, values.charts);
  console.log(values.json ? asJson(judged, run) : asText(judged, run));
}
