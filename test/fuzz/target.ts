/** The relay under test: a process of its own with a runner, a session that works, one that has ended, and what can be seen of its state. */
import { readFileSync } from 'node:fs';
import { newId, type SessionId } from '@treeline/shared';
import { call, joinToken, startSession } from '../bench/wire/api.ts';
import { startRelay, type RelayServer } from '../bench/servers/process.ts';
import { FuzzRunner } from './runner.ts';

const MANY = '100000000';
/** What is counted is how inputs are judged, not how many there are. */
const UNBOUNDED = {
  TREELINE_REQUESTS_OF_ADDRESS: MANY,
  TREELINE_REQUESTS_OF_PRINCIPAL: MANY,
  TREELINE_FAILURES_OF_ADDRESS: MANY,
  TREELINE_SOCKETS_OF_PRINCIPAL: MANY,
};

export interface Target {
  readonly relay: RelayServer;
  readonly runner: FuzzRunner;
  readonly live: SessionId;
  readonly ended: SessionId;
  /** A join token that nobody has used. */
  readonly joinKey: string;
  /** Everything that the API shows of what is stored. */
  state(): Promise<string>;
  isAlive(): boolean;
  stop(): Promise<void>;
}

export async function startTarget(): Promise<Target> {
  const relay = await startRelay({ env: UNBOUNDED });
  const runner = await FuzzRunner.join(relay, 'fuzzed');
  const [live, ended] = [await startSession(relay, { prompt: 'live' }), await startSession(relay, { prompt: 'ended' })];
  await runner.say(live, { kind: 'state', state: 'running' });
  await runner.say(ended, { kind: 'end', triggerId: newId('trigger'), outcome: 'completed', reason: 'ok' });
  return {
    relay,
    runner,
    live,
    ended,
    joinKey: await joinToken(relay, 'fuzz'),
    async state() {
      const paths = ['/sessions?state=all&limit=500', '/triggers', '/runners', '/people', '/keys', '/notifications'];
      const logs = [live, ended].map((id) => `/sessions/${id}/log?limit=1`);
      const seen = await Promise.all([...paths, ...logs].map((path) => call(relay, path)));
      return JSON.stringify(seen, (name, value: unknown) => (MOVING.has(name) ? undefined : value));
    },
    isAlive: () => isRunning(relay.pid),
    async stop() {
      runner.close();
      await relay.stop();
    },
  };
}

/** They move without any input. */
const MOVING: ReadonlySet<string> = new Set([
  'lastUsedAt',
  'lastHeartbeat',
  'heartbeatAt',
  'lastSeenAt',
  'health',
  'expiresAt',
]);

function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return false;
  }
}

/** Of a process, in MiB. */
export function rssMiB(pid: number): number {
  const [, kib = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}
