/** A runner on this machine for a relay in this process: joined by a token that never leaves it, supervised until stopped. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseApiKey, type RunnerView } from '@treeline/shared';
import { z } from 'zod';
import type { Environment } from '../agents/environment.ts';
import { type Client, createClient } from '../client/client.ts';
import { askDaemon } from '../home/control-client.ts';
import { findCredentials, saveCredentials } from '../home/credentials.ts';
import { type Home, openHome } from '../home/home.ts';
import { ensureIdentity } from '../home/identity.ts';
import { joinRelay } from '../home/join.ts';
import { findHolder } from '../home/lock.ts';
import { killGroup } from '../process/identity.ts';
import { daemonCommand } from '../programs.ts';
import { superviseRunner, type Supervision, type SupervisorExit } from '../supervisor/supervisor.ts';
import type { Relay } from './relay-bundle.ts';

export interface LocalRunnerOptions {
  readonly relay: Pick<Relay, 'url' | 'localKey' | 'joinToken'>;
  /** The runner's folder. */
  readonly home: string;
  /** Default: the machine's name. */
  readonly name?: string;
  readonly env: Environment;
  readonly version: string;
}

export interface LocalRunner {
  /** Resolves when the relay has it online; rejects when its daemon is given up before. */
  readonly online: Promise<RunnerView>;
  /** Resolves when its daemon runs no more. */
  readonly over: Promise<SupervisorExit>;
  /** Sessions fall asleep, then the daemon ends. */
  stop(): Promise<void>;
  /** Ends the daemon and every worker at once. */
  kill(): Promise<void>;
}

const SessionRows = z.object({ sessions: z.array(z.object({ pid: z.number().optional(), state: z.string() })) });
const LOOK_MS = 25;
/** A daemon of an earlier start may still be on its way out. */
const EARLIER_MS = 10_000;

export async function startLocalRunner(options: LocalRunnerOptions): Promise<LocalRunner> {
  const { relay, env, version } = options;
  const home = await openHome(options.home);
  const client = createClient({ url: relay.url, key: relay.localKey() });
  const { id } = await ensureIdentity(home, options.name);
  await earlierDaemonGone(home);
  if (await isKnown(client, home)) await followRelay(home, relay.url);
  else await joinRelay({ home, url: relay.url, token: await relay.joinToken(), insecure: true, env, version });
  // The store's address may hold a password, and agents can read the environment of their ancestors.
  const { REDIS_URL: _, ...daemonEnv } = env;
  const supervision = superviseRunner({
    home,
    command: daemonCommand(),
    env: daemonEnv,
    logPath: join(home.logs, 'daemon.log'),
  });
  const online = whenOnline({ client, id, supervision });
  online.catch(() => undefined);
  return {
    online,
    over: supervision.over,
    stop: () => supervision.stop({ workers: 'sleep' }),
    kill: () => killAll(home),
  };
}

/** Whether this folder's key still opens this store. */
async function isKnown(client: Client, home: Home): Promise<boolean> {
  const credentials = await findCredentials(home);
  const key = credentials === undefined ? undefined : parseApiKey(credentials.key);
  if (key === undefined) return false;
  const { keys } = await client.listKeys();
  return keys.some(({ id, ended }) => id === `key_${key.id}` && ended === undefined);
}

/** The relay of this folder may have another port than last time. */
async function followRelay(home: Home, url: string): Promise<void> {
  const credentials = await findCredentials(home);
  if (credentials !== undefined && credentials.relays[0] !== url) {
    await saveCredentials(home, { ...credentials, relays: [url] });
  }
}

async function earlierDaemonGone(home: Home): Promise<void> {
  const until = performance.now() + EARLIER_MS;
  while ((await findHolder(home)) !== undefined && performance.now() < until) await sleep(LOOK_MS * 4);
}

async function whenOnline(options: {
  client: Client;
  id: RunnerView['id'];
  supervision: Supervision;
}): Promise<RunnerView> {
  const { client, id, supervision } = options;
  let over: SupervisorExit | undefined;
  void supervision.over.then((exit) => (over = exit));
  await supervision.ready;
  for (;;) {
    const { runners } = await client.listRunners();
    const runner = runners.find((it) => it.id === id);
    if (runner?.online === true) return runner;
    if (over !== undefined) throw new Error(over.how === 'gave_up' ? over.why : 'the runner was stopped');
    await sleep(LOOK_MS);
  }
}

/** Workers have process groups of their own, so each is named by the daemon before it goes. */
async function killAll(home: Home): Promise<void> {
  const holder = await findHolder(home);
  if (holder === undefined) return;
  const rows = await askDaemon(home, { method: 'GET', path: '/sessions' }).catch(() => undefined);
  process.kill(holder.pid, 'SIGKILL');
  for (const pid of pidsOf(rows)) await killGroup(pid, 'kill');
}

function pidsOf(answer: unknown): number[] {
  const parsed = SessionRows.safeParse(answer);
  if (!parsed.success) return [];
  return parsed.data.sessions.flatMap(({ pid, state }) => (pid === undefined || state !== 'live' ? [] : [pid]));
}
