/** `npx pnpm bench [--quick] [--store embedded|redis] [--json]`: the relay beside raw ws and bare socket.io, in one run. */
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { startRedisServer } from '@treeline/test-support/redis-server.ts';
import { runBaseline } from './baseline.ts';
import { relayLink, socketIoLink, wsLink, type Link } from './clients.ts';
import { runnerMemory } from './memory.ts';
import { machineBusy, median, memoryOf } from './measure.ts';
import { type RelayServer, type Server, startBaseline, startRelay } from './process.ts';
import { report, type Result } from './report.ts';
import { latency, throughput, triggerRoundTrip } from './scenarios.ts';

interface Candidate {
  readonly name: string;
  readonly server: Server;
  readonly link: () => Promise<Link>;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    store: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

if (positionals[0] === '_baseline') runBaseline(positionals[1] ?? '', Number(positionals[2]));
else await bench();

async function bench(): Promise<void> {
  const rounds = values.quick ? 3 : 5;
  const count = values.quick ? 10_000 : 30_000;
  const stores = values.store === undefined ? ['embedded', 'redis'] : [values.store];
  const results: Result[] = [];
  const ws = await startBaseline('ws');
  const socketIo = await startBaseline('socket.io');
  const candidates: Candidate[] = [
    { name: 'raw ws', server: ws, link: () => wsLink(ws.url) },
    { name: 'bare socket.io', server: socketIo, link: () => socketIoLink(socketIo.url) },
  ];
  const relays: { store: string; relay: RelayServer }[] = [];
  const closers: (() => Promise<void>)[] = [() => ws.stop(), () => socketIo.stop()];
  try {
    for (const store of stores) {
      const redis = store === 'redis' ? await startRedisServer() : undefined;
      const relay = await startRelay({ redisUrl: redis?.url });
      closers.unshift(async () => {
        await relay.stop();
        await redis?.stop();
      });
      relays.push({ store, relay });
      candidates.push({ name: `relay, ${store}`, server: relay, link: () => relayLink(relay) });
      const { rssMb, privateMb } = await memoryOf(relay.pid);
      results.push({ scenario: 'relay: start to /readyz', candidate: store, unit: 'ms', value: relay.readyMs });
      results.push({ scenario: 'relay: idle RSS', candidate: store, unit: 'MB', value: rssMb });
      results.push({ scenario: 'relay: idle private memory', candidate: store, unit: 'MB', value: privateMb });
    }
    results.push(...(await alternate(candidates, { rounds, count })));
    for (const { store, relay } of relays) {
      progress(`trigger round trips: ${store}`);
      const trips = await triggerRoundTrip(relay, values.quick ? 200 : 500);
      results.push({ scenario: 'trigger round trip, p50', candidate: store, unit: 'ms', value: trips.p50 });
      results.push({ scenario: 'trigger round trip, p99', candidate: store, unit: 'ms', value: trips.p99 });
    }
    const first = relays[0];
    if (first !== undefined) results.push(...(await runnerMemory(first.relay)));
  } finally {
    for (const close of closers) await close();
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'cpu'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`;
  console.log(report(results, { machine, rounds, count, json: values.json }));
}

/** Rounds of every candidate in turn, so that all meet the same neighbours; medians over the rounds. */
async function alternate(
  candidates: readonly Candidate[],
  { rounds, count }: { rounds: number; count: number },
): Promise<Result[]> {
  const samples = new Map<string, number[]>();
  const keep = (key: string, value: number) => samples.set(key, [...(samples.get(key) ?? []), value]);
  for (let round = 0; round < rounds; round++) {
    for (const { name, server, link } of candidates) {
      progress(`round ${round + 1} of ${rounds}: ${name}`);
      const busy = await machineBusy();
      const fast = await link();
      const { eventsPerSecond, cpuPerEvent } = await throughput(server, fast, count);
      fast.close();
      const slow = await link();
      const { p50, p99 } = await latency(slow, values.quick ? 200 : 600);
      slow.close();
      keep(`1 → 1, stored, saturation|${name}|events/s`, eventsPerSecond);
      keep(`1 → 1, CPU of the server per event|${name}|µs`, cpuPerEvent);
      keep(`1 → 1 at 200/s, p50|${name}|ms`, p50);
      keep(`1 → 1 at 200/s, p99|${name}|ms`, p99);
      keep(`machine busy during a round|${name}|CPU s`, (await machineBusy()) - busy);
    }
  }
  return [...samples].map(([key, taken]) => {
    const [scenario = '', candidate = '', unit = ''] = key.split('|');
    return { scenario, candidate, unit, value: median(taken), low: Math.min(...taken), high: Math.max(...taken) };
  });
}

function progress(line: string): void {
  console.error(line);
}
