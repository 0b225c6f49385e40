/** Timers across namespaces: each namespace has its own sorted set; the earliest of all come first. */
import type { ChainableCommander, Redis } from 'ioredis';
import type { DueTimer } from '../../ports/store.ts';
import { NAMESPACES, parseTimerMember, tagOf } from './keys.ts';
import { replyOf } from './pipeline.ts';
import type { ScriptedRedis } from './scripts/scripts.ts';

interface Claim {
  readonly now: number;
  readonly limit: number;
  readonly holdForMs: number;
}

/**
 * Looks how many of the earliest each namespace has, then claims so many there. Between the two another relay may have
 * taken some; then the next ones of that namespace are claimed instead, and none is claimed twice.
 */
export async function claimDue(client: ScriptedRedis, { now, limit, holdForMs }: Claim): Promise<DueTimer[]> {
  if (limit <= 0) return [];
  const seen = await look(client, (pipeline, key) => {
    pipeline.zrangebyscore(key, '-inf', now, 'WITHSCORES', 'LIMIT', 0, limit);
  });
  const shares = new Map<string, number>();
  for (const { ns } of earliestFirst(seen).slice(0, limit)) shares.set(ns, (shares.get(ns) ?? 0) + 1);
  const claims = [...shares].map(async ([ns, share]) =>
    dueTimers(ns, await client.tlClaim(tagOf(ns), [now, now + holdForMs, share])),
  );
  return earliestFirst((await Promise.all(claims)).flat());
}

export async function nextDue(client: Redis): Promise<number | undefined> {
  const seen = await look(client, (pipeline, key) => {
    pipeline.zrange(key, '0', '0', 'WITHSCORES');
  });
  return earliestFirst(seen)[0]?.at;
}

async function look(client: Redis, ask: (pipeline: ChainableCommander, key: string) => void): Promise<DueTimer[]> {
  const namespaces = await client.smembers(NAMESPACES);
  if (namespaces.length === 0) return [];
  const pipeline = client.pipeline();
  for (const ns of namespaces) ask(pipeline, `${tagOf(ns)}timers`);
  const replies = await replyOf<string[]>(pipeline);
  return namespaces.flatMap((ns, i) => dueTimers(ns, replies[i] ?? []));
}

/** From members and scores in turn. */
function dueTimers(ns: string, pairs: readonly string[]): DueTimer[] {
  const timers: DueTimer[] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    timers.push({ ns, ...parseTimerMember(pairs[i] ?? ''), at: Number(pairs[i + 1]) });
  }
  return timers;
}

function earliestFirst(timers: readonly DueTimer[]): DueTimer[] {
  return timers.toSorted((a, b) => a.at - b.at || (a.ns < b.ns ? -1 : 1));
}
