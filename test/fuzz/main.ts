/** `pnpm test:fuzz [--count 20000] [--seed N] [--no-times] | --edge [--connections 10000] [--slow 500]`: exit code 1 when the relay did not stand it. */
import { argv, env } from 'node:process';
import { parseArgs } from 'node:util';
import { runEdge } from './edge.ts';
import { beHealthy, percentile } from './healthy.ts';
import { runFuzz } from './run.ts';

/** The bounds of a run, on a machine that does nothing else. */
const RSS_MIB = 64;
const P99_MS = 250;

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: argv.slice(2).filter((arg) => arg !== '--'),
    options: {
      count: { type: 'string', default: '20000' },
      seed: { type: 'string' },
      // For a machine that others use: how long it took and how much it held are printed and not judged.
      edge: { type: 'boolean', default: false },
      connections: { type: 'string', default: '10000' },
      slow: { type: 'string', default: '500' },
      'no-times': { type: 'boolean', default: false },
    },
  });
  if (values.edge) {
    await edge({ connections: Number(values.connections), slow: Number(values.slow) });
    return;
  }
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const result = await runFuzz({ seed, count: Number(values.count), say: (line) => console.error(line) });
  const { sent, seconds, said, wrong, grownMiB, health } = result;
  const p99 = percentile(health.waits, 0.99);
  console.log(`${sent} inputs of seed ${seed} in ${seconds.toFixed(0)} s`);
  console.log(
    `answers: ${[...said]
      .toSorted(([, a], [, b]) => b - a)
      .map(([word, times]) => `${word} ${times}`)
      .join(', ')}`,
  );
  console.log(`memory of the relay: ${grownMiB >= 0 ? '+' : ''}${grownMiB.toFixed(0)} MiB`);
  console.log(`a healthy client: ${health.waits.length} answers, p99 ${p99.toFixed(1)} ms`);
  for (const line of wrong) console.log(`wrong: ${line}`);
  const late = !values['no-times'] && (grownMiB >= RSS_MIB || p99 >= P99_MS);
  if (late) console.log(`wrong: more than ${RSS_MIB} MiB or ${P99_MS} ms`);
  if (late || wrong.length > 0) process.exitCode = 1;
}

async function edge(load: { connections: number; slow: number }): Promise<void> {
  const { health, grownMiB, told, closed, wrong } = await runEdge(load);
  console.log(
    `${load.slow} slow requests, a slow reader, a frame and two bodies of 64 MiB, ${load.connections} connections`,
  );
  console.log(
    `refused in words: ${told}, only closed: ${closed}; memory of the relay: ${grownMiB.toFixed(0)} MiB more`,
  );
  console.log(`a healthy client: ${health.waits.length} answers, p99 ${percentile(health.waits, 0.99).toFixed(1)} ms`);
  for (const line of wrong) console.log(`wrong: ${line}`);
  if (wrong.length > 0) process.exitCode = 1;
}

if (argv[2] === '_healthy') await beHealthy(env['TREELINE_FUZZ_URL'] ?? '', env['TREELINE_FUZZ_KEY'] ?? '');
else await main();
