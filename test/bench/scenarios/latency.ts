/** From the sender's hand to the viewer's, at a pace that leaves the machine mostly idle. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, overWs } from '../context.ts';
import { percentile } from '../measure.ts';
import { alternate } from '../samples.ts';
import { deploy, type Deployment, startKeepers } from '../servers/process.ts';
import { relayStreams, type Streams } from '../streams.ts';
import { openTokens, TOKEN_CHARS } from './token-stream.ts';
import { eventText, numberOf } from './events.ts';

const PER_SECOND = 200;
const WARM_UP = 50;
/** Events before the first that is measured, of a server that has just started: until the code that runs is compiled. */
const FIRST_WARM_UP = 1500;

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

export async function latencies(context: Context): Promise<void> {
  const keepers = await startKeepers(context.plan.stores);
  try {
    const floors = keepers.servers.map(({ name, server }) => overWs(name, server));
    await toViewers({ ...context, candidates: [...context.candidates, ...floors] });
  } finally {
    await keepers.stop();
  }
  const count = eventsOf(context);
  await deltas(context, count);
  if (context.plan.stores.includes('redis')) await across(context, count);
}

const eventsOf = ({ plan }: Context) => (plan.quick ? 200 : 400);

async function toViewers(context: Context): Promise<void> {
  const { plan, samples, candidates, progress } = context;
  const count = eventsOf(context);
  for (const viewers of [1, 50] as const) {
    await alternate(candidates, plan.more, async (candidate, round) => {
      progress(`latency 1 → ${viewers}, round ${round + 1} of ${plan.rounds}: ${candidate.name}`);
      const streams = await candidate.open({ sessions: 1, viewers });
      if (round === 0 && viewers === 1) await oneByOne(streams, FIRST_WARM_UP);
      await samples.take(candidate.name, async () => {
        const { p50, p99 } = await paced(streams, { count, viewers });
        return viewers === 1
          ? { 'latency.1x1.p50': p50, 'latency.1x1.p99': p99 }
          : { 'latency.1x50.p50': p50, 'latency.1x50.p99': p99 };
      });
      streams.close();
    });
  }
}

async function across({ plan, samples, progress }: Context, count: number): Promise<void> {
  const two = await deploy({ store: 'redis', name: 'two relays, redis', relays: 2 });
  const [runner, viewer] = two.relays;
  try {
    if (viewer === undefined) throw new Error('there is no second relay');
    for (let round = 0; plan.more(round); round++) {
      progress(`latency across two relays, round ${round + 1} of ${plan.rounds}`);
      const streams = await relayStreams({ runner, viewer }, { sessions: 1, viewers: 1 });
      if (round === 0) await oneByOne(streams, FIRST_WARM_UP);
      await samples.take(two.name, async () => {
        const { p50, p99 } = await paced(streams, { count, viewers: 1 });
        return { 'latency.cross.p50': p50, 'latency.cross.p99': p99 };
      });
      streams.close();
    }
  } finally {
    await two.stop();
  }
}

async function deltas({ plan, samples, single, progress }: Context, count: number): Promise<void> {
  await alternate(single, plan.more, async (deployment: Deployment, round) => {
    progress(`latency of deltas, round ${round + 1} of ${plan.rounds}: ${deployment.name}`);
    const tokens = await openTokens(deployment.relays[0], 1);
    await samples.take(deployment.name, async () => {
      const sentAt: number[] = [];
      const took: number[] = [];
      tokens.onText((text) => {
        took.push(performance.now() - (sentAt[Number(text.slice(0, TOKEN_CHARS))] ?? Number.NaN));
      });
      await pace(count, (i) => {
        sentAt[i] = performance.now();
        tokens.sendNow(i);
      });
      await sleep(100);
      const counted = took.slice(WARM_UP);
      return { 'latency.delta.p50': percentile(counted, 50), 'latency.delta.p99': percentile(counted, 99) };
    });
    tokens.close();
  });
}

async function pace(count: number, send: (i: number) => void): Promise<void> {
  for (let i = 0; i < count; i++) {
    send(i);
    await sleep(1000 / PER_SECOND);
  }
}

/** The next as soon as the one before is there. */
async function oneByOne(streams: Streams, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await new Promise<void>((resolve) => {
      streams.onText(() => resolve());
      streams.send(0, eventText(i));
    });
  }
}

async function paced(streams: Streams, it: { count: number; viewers: number }): Promise<Percentiles> {
  const sentAt: number[] = [];
  const took: number[] = [];
  const all = new Promise<void>((resolve) => {
    streams.onText((text) => {
      took.push(performance.now() - (sentAt[numberOf(text)] ?? Number.NaN));
      if (took.length === it.count * it.viewers) resolve();
    });
  });
  await pace(it.count, (i) => {
    sentAt[i] = performance.now();
    streams.send(0, eventText(i));
  });
  await all;
  const counted = took.slice(WARM_UP * it.viewers);
  return { p50: percentile(counted, 50), p99: percentile(counted, 99) };
}
