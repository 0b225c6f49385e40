/** As fast as it goes: events to viewers at several shapes, and one burst whose memory is watched. */
import type { Candidate, Context } from '../context.ts';
import { cpuOf, memoryOf } from '../measure.ts';
import { alternate, type Values } from '../samples.ts';
import type { Shape, Streams } from '../streams.ts';
import { eventTexts } from './events.ts';

interface Burst {
  readonly name: '1x1' | '1x10' | '1x50' | '10x5' | '100x2';
  readonly shape: Shape;
  /** In each session. */
  readonly events: number;
}

const BURSTS: readonly Burst[] = [
  { name: '1x1', shape: { sessions: 1, viewers: 1 }, events: 30_000 },
  { name: '1x10', shape: { sessions: 1, viewers: 10 }, events: 20_000 },
  { name: '1x50', shape: { sessions: 1, viewers: 50 }, events: 10_000 },
  { name: '10x5', shape: { sessions: 10, viewers: 5 }, events: 2_000 },
  { name: '100x2', shape: { sessions: 100, viewers: 2 }, events: 200 },
];
const WARM_UP = 2_000;
const FLOOD = 20_000;
const LOOK_EVERY_MS = 20;

export async function bursts({ plan, samples, candidates, progress }: Context): Promise<void> {
  for (const burst of BURSTS) {
    const events = plan.quick ? burst.events / 2 : burst.events;
    await alternate(candidates, plan.more, async (candidate, round) => {
      progress(`burst ${burst.name}, round ${round + 1} of ${plan.rounds}: ${candidate.name}`);
      const streams = await candidate.open(burst.shape);
      await deliver(streams, burst.shape, Math.ceil(WARM_UP / burst.shape.sessions));
      await samples.take(candidate.name, () => measure({ candidate, streams, burst: { ...burst, events } }));
      streams.close();
    });
  }
}

async function measure(it: { candidate: Candidate; streams: Streams; burst: Burst }): Promise<Values> {
  const { candidate, streams, burst } = it;
  const send = prepare(streams, burst.shape, burst.events);
  const cpu = cpuOf(candidate.pids);
  const seconds = await send();
  const deliveries = burst.events * burst.shape.sessions * burst.shape.viewers;
  return {
    [`burst.${burst.name}.cpu`]: (cpuOf(candidate.pids) - cpu) / deliveries,
    [`burst.${burst.name}.rate`]: deliveries / seconds,
  };
}

/** The result sends the events of every session and resolves, when every viewer has all of them, with how many s it took. */
function prepare(streams: Streams, { sessions, viewers }: Shape, events: number): () => Promise<number> {
  const send = streams.burst(eventTexts(events));
  let missing = events * sessions * viewers;
  const all = new Promise<void>((resolve, reject) => {
    streams.onCount((count) => {
      missing -= count;
      if (missing === 0) resolve();
      if (missing < 0) reject(new Error('events were delivered twice'));
    });
  });
  return async () => {
    const started = performance.now();
    await Promise.all([send(), all]);
    return (performance.now() - started) / 1000;
  };
}

async function deliver(streams: Streams, shape: Shape, events: number): Promise<void> {
  await prepare(streams, shape, events)();
}

export async function flood({ plan, samples, candidates, progress }: Context): Promise<void> {
  const shape = { sessions: 1, viewers: 1 };
  await alternate(candidates, plan.more, async (candidate, round) => {
    progress(`${FLOOD} events at once, round ${round + 1} of ${plan.rounds}: ${candidate.name}`);
    const streams = await candidate.open(shape);
    await samples.take(candidate.name, async () => {
      const [pid = 0] = candidate.pids;
      const send = prepare(streams, shape, FLOOD);
      const before = (await memoryOf(pid)).rssMb;
      let most = before;
      const look = async () => (most = Math.max(most, (await memoryOf(pid)).rssMb));
      const watch = setInterval(() => void look(), LOOK_EVERY_MS);
      const seconds = await send();
      clearInterval(watch);
      await look();
      return { 'flood.time': seconds * 1000, 'flood.rss': most - before };
    });
    streams.close();
  });
}
