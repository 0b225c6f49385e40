/** What is measured. Every scenario runs on any Link, so that the relay and the baselines do the same work. */
import { newId } from '@treeline/shared';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchRunner, type Link, startSession } from './clients.ts';
import { cpuOf, percentile } from './measure.ts';
import type { RelayServer, Server } from './process.ts';

const EVENT_BYTES = 500;
const PADDING = 'x'.repeat(EVENT_BYTES);

export interface Throughput {
  readonly eventsPerSecond: number;
  /** CPU of the server per event that a viewer got, µs. */
  readonly cpuPerEvent: number;
}

/** One producer as fast as it may, one viewer; over when the viewer has everything. */
export async function throughput(server: Server, link: Link, count: number): Promise<Throughput> {
  let received = 0;
  const all = new Promise<void>((resolve) => {
    link.onEvent(() => {
      if (++received === count) resolve();
    });
  });
  const cpu = await cpuOf(server.pid);
  const started = performance.now();
  for (let sent = 0; sent < count; sent += 32) {
    await link.send(Array.from({ length: Math.min(32, count - sent) }, (_, i) => `${sent + i} ${PADDING}`));
  }
  await Promise.all([link.drained(), all]);
  const seconds = (performance.now() - started) / 1000;
  return { eventsPerSecond: count / seconds, cpuPerEvent: ((await cpuOf(server.pid)) - cpu) / count };
}

export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

const EVENTS_PER_SECOND = 200;

/** From the producer's send to the viewer's hands at 200 events a second, ms. */
export async function latency(link: Link, count: number): Promise<Latency> {
  const sentAt: number[] = [];
  const took: number[] = [];
  const all = new Promise<void>((resolve) => {
    link.onEvent((text) => {
      took.push(performance.now() - (sentAt[Number.parseInt(text, 10)] ?? Number.NaN));
      if (took.length === count) resolve();
    });
  });
  for (let i = 0; i < count; i++) {
    sentAt[i] = performance.now();
    void link.send([`${i} ${PADDING}`]);
    await sleep(1000 / EVENTS_PER_SECOND);
  }
  await all;
  return { p50: percentile(took, 50), p99: percentile(took, 99) };
}

/**
 * A child asks, its parent's runner gets it, the parent answers, the child's runner gets the answer: two commits and two
 * pushes, each durable before it is acknowledged, ms.
 */
export async function triggerRoundTrip(relay: RelayServer, count: number): Promise<Latency> {
  const { runner: parentRunner, id: parentRunnerId } = await BenchRunner.join(relay, 'bench-parent');
  const { runner: childRunner, id: childRunnerId } = await BenchRunner.join(relay, 'bench-child');
  const parent = await startSession(relay, { runnerId: parentRunnerId });
  const child = await startSession(relay, { runnerId: childRunnerId, parentId: parent });
  const took: number[] = [];
  parentRunner.socket.on('session_trigger', ({ entries }: { entries: { item: { triggerId: `trg_${string}` } }[] }) => {
    for (const { item } of entries) {
      const answer = {
        id: newId('record'),
        at: 0,
        kind: 'answer',
        triggerId: item.triggerId,
        response: 'yes',
      } as const;
      void parentRunner.send([parentRunner.fact(parent, answer)]);
    }
  });
  for (let i = 0; i < count; i++) {
    const answered = new Promise((resolve) => childRunner.socket.once('trigger_response', resolve));
    const started = performance.now();
    const ask = { type: 'ask_user_question', text: 'go on?' } as const;
    void childRunner.send([
      childRunner.fact(child, { id: newId('record'), at: 0, kind: 'ask', triggerId: newId('trigger'), ask }),
    ]);
    await answered;
    took.push(performance.now() - started);
  }
  parentRunner.socket.disconnect();
  childRunner.socket.disconnect();
  return { p50: percentile(took, 50), p99: percentile(took, 99) };
}
