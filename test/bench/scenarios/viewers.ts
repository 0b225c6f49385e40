/** A thousand viewers of one session: to connect, to keep, to serve. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, startServers } from '../context.ts';
import { cpuOf, memoryOf } from '../measure.ts';
import { alternate } from '../samples.ts';
import { eventTexts } from './events.ts';

const VIEWERS = 1_000;
const EVENTS = 320;
const SETTLE_MS = 1_500;

/** On servers that have done nothing else: what an earlier scenario left free would be used first. */
export async function viewers(context: Context): Promise<void> {
  const servers = await startServers(context.plan.stores);
  try {
    await connectMany({ ...context, ...servers });
  } finally {
    await servers.stop();
  }
}

async function connectMany({ plan, samples, candidates, progress }: Context): Promise<void> {
  const rounds = Math.min(plan.rounds, 3);
  await alternate(
    candidates,
    (round) => round < rounds && plan.more(round),
    async (candidate, round) => {
      progress(`${VIEWERS} viewers, round ${round + 1} of ${rounds}: ${candidate.name}`);
      const [pid = 0] = candidate.pids;
      // The first ones pay for what all of them share.
      (await candidate.open({ sessions: 1, viewers: 20 })).close();
      await samples.take(candidate.name, async () => {
        await sleep(SETTLE_MS);
        const before = await memoryOf(pid);
        const started = performance.now();
        const streams = await candidate.open({ sessions: 1, viewers: VIEWERS });
        const connected = performance.now() - started;
        await sleep(SETTLE_MS);
        const memory = (await memoryOf(pid)).privateMb - before.privateMb;
        const send = streams.burst(eventTexts(EVENTS));
        let missing = EVENTS * VIEWERS;
        const all = new Promise<void>((resolve) => {
          streams.onCount((count) => {
            missing -= count;
            if (missing === 0) resolve();
          });
        });
        const cpu = cpuOf(candidate.pids);
        const sent = performance.now();
        await Promise.all([send(), all]);
        const values = {
          'viewers.connect': connected / VIEWERS,
          // What an earlier round left free is used first, so only the first one shows what a viewer takes.
          ...(round === 0 ? { 'viewers.memory': (memory * 1024) / VIEWERS } : {}),
          'viewers.rate': (EVENTS * VIEWERS) / ((performance.now() - sent) / 1000),
          'viewers.cpu': (cpuOf(candidate.pids) - cpu) / (EVENTS * VIEWERS),
        };
        streams.close();
        await sleep(SETTLE_MS);
        return values;
      });
    },
  );
}
