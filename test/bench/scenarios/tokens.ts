/** An agent that speaks fast, watched by ten: 2,000 token deltas a second. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Candidate, Context } from '../context.ts';
import { SOCKET_IO } from '../figures.ts';
import { cpuOf, percentile } from '../measure.ts';
import { alternate, type Values } from '../samples.ts';
import { openTokens, TOKEN_CHARS, tokenText } from './token-stream.ts';

const PER_SECOND = 2_000;
const VIEWERS = 10;
/** Timers are not exact enough for one token at a time: so many are pushed each tick, as the clock demands. */
const TICK_MS = 2;
const SETTLE_MS = 200;
/** Before the first measure of a server: until the code that runs is compiled. */
const WARM_UP_S = 4;

interface Source {
  readonly name: string;
  readonly pids: readonly number[];
  readonly open: () => Promise<{
    push(number: number): void;
    onText(listener: (text: string) => void): void;
    close(): void;
  }>;
}

export async function tokens({ plan, samples, candidates, single, progress }: Context): Promise<void> {
  const sources: Source[] = [
    ...candidates.slice(0, 2).map(plain),
    ...single.map(({ name, pids, relays: [relay] }) => ({ name, pids, open: () => openTokens(relay, VIEWERS) })),
  ];
  const p50s = new Map<string, number>();
  await alternate(sources, plan.more, async (source, round) => {
    progress(`token stream, round ${round + 1} of ${plan.rounds}: ${source.name}`);
    const stream = await source.open();
    if (round === 0) await measure(source, stream, WARM_UP_S);
    await samples.take(source.name, async () => {
      const values = await measure(source, stream, plan.quick ? 2 : 3);
      p50s.set(`${source.name} ${round}`, values['tokens.p50'] ?? Number.NaN);
      return values;
    });
    stream.close();
  });
  for (const { name } of single) {
    for (let round = 0; p50s.has(`${name} ${round}`); round++) {
      const added = (p50s.get(`${name} ${round}`) ?? 0) - (p50s.get(`${SOCKET_IO} ${round}`) ?? 0);
      await samples.take(name, () => Promise.resolve({ 'tokens.added': added }));
    }
  }
}

function plain({ name, pids, open }: Candidate): Source {
  return {
    name,
    pids,
    async open() {
      const streams = await open({ sessions: 1, viewers: VIEWERS });
      return {
        push: (number) => streams.send(0, tokenText(number)),
        onText: (listener) => streams.onText(listener),
        close: () => streams.close(),
      };
    },
  };
}

async function measure(source: Source, stream: Awaited<ReturnType<Source['open']>>, seconds: number): Promise<Values> {
  const sentAt: number[] = [];
  const took: number[] = [];
  stream.onText((text) => {
    const now = performance.now();
    for (let at = 0; at < text.length; at += TOKEN_CHARS)
      took.push(now - (sentAt[Number(text.slice(at, at + TOKEN_CHARS))] ?? Number.NaN));
  });
  const cpu = cpuOf(source.pids);
  const started = performance.now();
  for (let sent = 0; sent < seconds * PER_SECOND;) {
    const due = Math.min(seconds * PER_SECOND, ((performance.now() - started) * PER_SECOND) / 1000);
    for (; sent < due; sent++) {
      sentAt[sent] = performance.now();
      stream.push(sent);
    }
    await sleep(TICK_MS);
  }
  await sleep(SETTLE_MS);
  const expected = seconds * PER_SECOND * VIEWERS;
  return {
    'tokens.cpu': (cpuOf(source.pids) - cpu) / took.length,
    'tokens.p50': percentile(took, 50),
    'tokens.lost': (1 - took.length / expected) * 100,
  };
}
