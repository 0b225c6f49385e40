/** `pnpm test:cuts [--heard] [--no-times]`: exit code 1 when somebody was cut too late, or somebody else noticed. */
import { argv } from 'node:process';
import { parseArgs } from 'node:util';
import { runCuts } from './run.ts';

/** The bounds of a run, ms, by whether the relays hear each other. */
const HEARD_MS = 1_000;
const LOST_MS = 15_000;

const { values } = parseArgs({
  args: argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    // Leaves out the half in which the relays do not hear each other.
    heard: { type: 'boolean', default: false },
    // For a machine that others use: how long it took is printed and not judged.
    'no-times': { type: 'boolean', default: false },
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

for (const deaf of values.heard ? [false] : [false, true]) {
  const { cuts, answers, p99Ms, wrong } = await runCuts({ deaf });
  console.log(deaf ? 'the other relay hears nothing:' : 'two relays that hear each other:');
  for (const { what, nearMs, farMs } of cuts) {
    console.log(
      `  ${what}: last effect after ${nearMs.toFixed(0)} ms, on the other relay after ${farMs.toFixed(0)} ms`,
    );
    const isLate = nearMs > HEARD_MS || farMs > (deaf ? LOST_MS : HEARD_MS);
    if (isLate && !values['no-times']) wrong.push(`too late: ${what}`);
  }
  console.log(`  others: ${answers} answers, p99 ${p99Ms.toFixed(0)} ms`);
  for (const line of wrong) console.log(`wrong: ${line}`);
  if (wrong.length > 0) process.exitCode = 1;
}
