/**
 * Sends inputs of every kind to a relay. Nine of ten batches hold only what the relay must refuse: its state is the same
 * before and after each, and no answer is a success. The tenth holds what is right, so that the state is worth something.
 */
import { seeded } from '../faults/random.ts';
import { Links, tryEvent, tryFact } from './events.ts';
import type { Health } from './healthy.ts';
import { startHealthy } from './healthy-process.ts';
import { tryAddress, tryBody } from './http.ts';
import type { Fuzz, Outcome } from './outcome.ts';
import { tryBytes, tryPackets } from './raw.ts';
import { rssMiB, startTarget } from './target.ts';
import { Values } from './values.ts';

const BATCH = 100;
const AT_ONCE = 20;
const RIGHT_EVERY = 10;
/** Caches and pools are full by then; what grows after that, grows with the inputs. */
const WARM = 1_000;

export interface FuzzOptions {
  readonly seed: number;
  readonly count: number;
  readonly say: (line: string) => void;
}

export interface FuzzResult {
  readonly sent: number;
  readonly seconds: number;
  /** How often each was said. */
  readonly said: ReadonlyMap<string, number>;
  readonly wrong: readonly string[];
  readonly grownMiB: number;
  readonly health: Health;
}

export async function runFuzz({ seed, count, say }: FuzzOptions): Promise<FuzzResult> {
  const target = await startTarget();
  const fuzz: Fuzz = { target, values: new Values(seeded(seed)) };
  const links = new Links(fuzz);
  const healthy = await startHealthy(target.relay);
  const said = new Map<string, number>();
  const wrong: string[] = [];
  const began = performance.now();
  let rssBefore = rssMiB(target.relay.pid);
  let before = await target.state();
  let sent = 0;
  for (let batch = 0; sent < count && wrong.length < 5 && target.isAlive(); batch++) {
    const right = batch % RIGHT_EVERY === RIGHT_EVERY - 1;
    const outcomes = await sendBatch(fuzz, links, { right });
    sent += outcomes.length;
    for (const outcome of outcomes) {
      said.set(outcome.said, (said.get(outcome.said) ?? 0) + 1);
      if (outcome.ours) wrong.push(`an error of the relay's own, ${outcome.said}: ${outcome.what}`);
      else if (!right && outcome.taken) wrong.push(`taken (${outcome.said}): ${outcome.what}`);
    }
    if (!target.isAlive()) break;
    if (target.runner.ended !== undefined) {
      wrong.push(`the link of the runner was ended: ${target.runner.ended}`);
      break;
    }
    const after = await target.state();
    if (!right && after !== before)
      wrong.push(
        `the state changed by one of\n    ${outcomes.map(({ what, said: word }) => `${word}: ${what.slice(0, 150)}`).join('\n    ')}`,
      );
    before = after;
    if (sent >= WARM && sent - outcomes.length < WARM) rssBefore = rssMiB(target.relay.pid);
    if (batch % 20 === 19) say(`${sent} of ${count}`);
  }
  const seconds = (performance.now() - began) / 1000;
  if (!target.isAlive()) wrong.push('the relay is gone');
  const grownMiB = target.isAlive() ? rssMiB(target.relay.pid) - rssBefore : 0;
  const health = await healthy.stop();
  if (health.failed > 0) wrong.push(`the healthy client got ${health.failed} times no answer`);
  links.close();
  await target.stop();
  return { sent, seconds, said, wrong, grownMiB, health };
}

async function sendBatch(fuzz: Fuzz, links: Links, { right }: { right: boolean }): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  while (outcomes.length < BATCH)
    outcomes.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => tryOne(fuzz, links, { right })))));
  return outcomes;
}

function tryOne(fuzz: Fuzz, links: Links, { right }: { right: boolean }): Promise<Outcome> {
  const kind = fuzz.values.random.next();
  if (right) return kind < 0.5 ? tryBody(fuzz, { right }) : tryEvent(fuzz, links, { right });
  if (kind < 0.35) return tryBody(fuzz, { right });
  if (kind < 0.45) return tryAddress(fuzz);
  if (kind < 0.75) return tryEvent(fuzz, links, { right });
  if (kind < 0.92) return tryFact(fuzz);
  return kind < 0.96 ? tryBytes(fuzz) : tryPackets(fuzz);
}
