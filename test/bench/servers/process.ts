/** Servers under test as processes of their own. */
import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedisServer } from '@treeline/test-support/redis-server.ts';
import { WS_FILE, WS_REDIS } from '../figures.ts';
import type { BaselineKind } from './baseline.ts';

export interface Server {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export const DIST = process.env['TREELINE_TEST_DIST'] ?? '';

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** A Node program that does not outlive this one. */
export function startNode(args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(process.execPath, args, options);
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  return child;
}

export async function stopChild(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(late);
}

/** A baseline that forwards every message to every viewer: this very bundle with `_baseline`. `place`: where it keeps them. */
export async function startBaseline(kind: BaselineKind, place = ''): Promise<Server> {
  const port = await freePort();
  const child = startNode([process.argv[1] ?? '', '_baseline', kind, String(port), place], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop: () => stopChild(child) };
}

export interface Keepers {
  readonly servers: readonly { readonly name: string; readonly server: Server }[];
  stop(): Promise<void>;
}

/** The baselines that keep each message before they forward it: on this disk, and in a Redis where one is measured. */
export async function startKeepers(stores: readonly StoreName[]): Promise<Keepers> {
  const folder = await mkdtemp(join(tmpdir(), 'treeline-bench-'));
  const store = stores.includes('redis') ? await startRedisServer() : undefined;
  const servers = [{ name: WS_FILE, server: await startBaseline('ws, fdatasync', join(folder, 'journal')) }];
  if (store !== undefined) servers.push({ name: WS_REDIS, server: await startBaseline('ws, Redis', store.url) });
  return {
    servers,
    async stop() {
      for (const { server } of servers) await server.stop();
      await store?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface RelayServer extends Server {
  /** A user key. */
  readonly key: string;
  /** From the start of the process to /readyz, ms. */
  readonly readyMs: number;
  readonly dataDir: string;
  kill9(): Promise<void>;
}

export interface RelayOptions {
  readonly redisUrl?: string | undefined;
  /** Default: a new folder, which goes when the relay is stopped. */
  readonly dataDir?: string;
  readonly port?: number;
  /** What it says on stderr. Default: warnings, too. */
  readonly logLevel?: 'warn' | 'error';
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node, such as --cpu-prof. */
  readonly node?: readonly string[];
}

/** As in infra/Dockerfile and infra/systemd. */
const YOUNG_GENERATION = '--max-semi-space-size=2';

/** One key asks for everything here, more often than a person with all their pages would. */
const AS_FAST_AS_IT_GOES = { TREELINE_REQUESTS_OF_ADDRESS: '1000000', TREELINE_REQUESTS_OF_PRINCIPAL: '1000000' };

export async function startRelay(options: RelayOptions = {}): Promise<RelayServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'treeline-bench-')));
  const port = options.port ?? (await freePort());
  const { logLevel = 'warn' } = options;
  const args = [join(DIST, 'relay.mjs'), '--port', String(port), '--data-dir', dataDir, '--log-level', logLevel];
  if (options.redisUrl !== undefined) args.push('--redis', options.redisUrl);
  const env = { ...process.env, ...AS_FAST_AS_IT_GOES, ...options.env };
  const profile = process.env['TREELINE_BENCH_PROFILE'];
  const node = [...(options.node ?? []), ...(profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`])];
  const started = performance.now();
  const child = startNode([YOUNG_GENERATION, ...node, ...args], { stdio: ['ignore', 'ignore', 'inherit'], env });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child);
  const readyMs = performance.now() - started;
  const local = JSON.parse(await readFile(join(dataDir, 'local.json'), 'utf8')) as { key: string };
  return {
    url,
    pid: child.pid ?? 0,
    key: local.key,
    readyMs,
    dataDir,
    kill9: () => stopChild(child, 'SIGKILL'),
    async stop() {
      await stopChild(child);
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (let i = 0; i < 6000; i++) {
    if (child.exitCode !== null) throw new Error(`the relay ended with ${child.exitCode}`);
    const ready = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await sleep(5);
  }
  throw new Error('the relay did not become ready');
}

/** Relays and the Redis that they share, if there is one. */
export interface Deployment {
  readonly name: string;
  readonly relays: readonly [RelayServer, ...RelayServer[]];
  /** Of everything that works for it. */
  readonly pids: readonly number[];
  readonly redisUrl: string | undefined;
  readonly redisPid: number | undefined;
  stop(): Promise<void>;
}

export type StoreName = 'embedded' | 'redis';

export interface DeploymentOptions {
  readonly store: StoreName;
  readonly name: string;
  readonly relays?: number;
  /** Of Redis. */
  readonly fsync?: 'everysec' | 'always';
  readonly env?: Readonly<Record<string, string>>;
}

export async function deploy({ store, name, relays = 1, fsync, env = {} }: DeploymentOptions): Promise<Deployment> {
  const redis = store === 'redis' ? await startRedisServer(fsync === undefined ? {} : { fsync }) : undefined;
  const first = await startRelay({ redisUrl: redis?.url, env });
  const others: RelayServer[] = [];
  while (others.length + 1 < relays) others.push(await startRelay({ redisUrl: redis?.url, env }));
  return {
    name,
    relays: [first, ...others],
    pids: [...[first, ...others].map(({ pid }) => pid), ...(redis === undefined ? [] : [redis.pid])],
    redisUrl: redis?.url,
    redisPid: redis?.pid,
    async stop() {
      for (const relay of [first, ...others]) await relay.stop();
      await redis?.stop();
    },
  };
}
