/** The machines of a run, all of them real processes on loopback: relays on one store, runners, and the networks between. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesWith, type Environment } from '@treeline/test-support/processes.ts';
import { startRedisServer, type RedisServer } from '@treeline/test-support/redis-server.ts';
import { startRelay, type RelayProcess } from '@treeline/test-support/relay-process.ts';
import { startTcpProxy, type TcpProxy } from '@treeline/test-support/tcp-proxy.ts';
import type { Loss } from './history.ts';
import { Machine } from './machine.ts';

export type StoreKind = 'redis' | 'embedded';

const RUNNERS = ['alpha', 'beta', 'gamma'] as const;
/** Its folder is on a small disk of its own, where this user may make one. */
const SMALL_DISK = 'gamma';
const SMALL_DISK_MB = 96;
export const VIEWERS = 4;

/** Short, so that what waits for a time happens within a run. */
const RELAY_TIMES: Environment = {
  TREELINE_HEARTBEAT_MS: '2000',
  TREELINE_OFFLINE_AFTER_MS: '8000',
  TREELINE_FLAP_GRACE_MS: '1000',
  TREELINE_ESCALATE_AFTER_MS: '3000',
  TREELINE_UNANSWERED_AFTER_MS: '6000',
  TREELINE_SPAWNS_PER_MINUTE: '60',
  TREELINE_MAX_LIVE_CHILDREN: '16',
};

export interface RelayMachine {
  readonly name: string;
  readonly process: RelayProcess;
  /** Its own temporary folder, by which failpoints and clocks of it are set. */
  readonly tmp: string;
  readonly dataDir: string;
  /** Between it and Redis. */
  readonly toStore: TcpProxy | undefined;
}

export class World {
  readonly folder: string;
  readonly store: StoreKind;
  readonly redis: RedisServer | undefined;
  readonly relays: readonly RelayMachine[];
  readonly machines: Machine[] = [];
  /** Copies of runners' folders that ran for a while. */
  readonly copies: Machine[] = [];
  /** What was seen to be wrong while it ran, beyond what the checker finds in the end. */
  readonly wrong: string[] = [];
  /** When the store lost what it had acknowledged. */
  readonly losses: Loss[] = [];
  /** Ways to each relay, in the relays' order: of each runner, of each viewer, of the HTTP callers. */
  readonly ways = new Map<string, readonly TcpProxy[]>();

  private constructor(parts: {
    folder: string;
    store: StoreKind;
    redis: RedisServer | undefined;
    relays: RelayMachine[];
  }) {
    this.folder = parts.folder;
    this.store = parts.store;
    this.redis = parts.redis;
    this.relays = parts.relays;
    // Whatever ends this program, nothing of the world outlives it.
    process.once('exit', () => this.processes().forEach(({ pid }) => signal(pid, 'SIGKILL')));
  }

  static async open(store: StoreKind): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), 'treeline-faults-'));
    const redis = store === 'redis' ? await startRedisServer({ fsync: 'always' }) : undefined;
    const relays: RelayMachine[] = [];
    for (const name of redis === undefined ? ['relay-1'] : ['relay-1', 'relay-2']) {
      const toStore = redis === undefined ? undefined : await startTcpProxy(redis.port);
      const dataDir = join(folder, name);
      const tmp = join(folder, 'tmp', name);
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
      const relay = await startRelay({
        dataDir,
        env: { ...environment(folder, name), ...RELAY_TIMES },
        redisUrl: toStore === undefined ? undefined : `redis://127.0.0.1:${toStore.port}`,
      });
      relays.push({ name, process: relay, tmp, dataDir, toStore });
    }
    const world = new World({ folder, store, redis, relays });
    await world.#openWays();
    for (const name of RUNNERS) await world.#addMachine(name);
    return world;
  }

  async #openWays(): Promise<void> {
    const users = [...RUNNERS, 'http', ...Array.from({ length: VIEWERS }, (_, index) => `viewer-${index + 1}`)];
    for (const user of users) {
      const ways = await Promise.all(
        this.relays.map(({ process }) => startTcpProxy(Number(new URL(process.url).port))),
      );
      this.ways.set(user, ways);
    }
  }

  async #addMachine(name: string): Promise<void> {
    const home = join(this.folder, name);
    mkdirSync(home, { mode: 0o700 });
    const machine = new Machine({
      name,
      home,
      env: environment(this.folder, name),
      urls: this.urlsOf(name),
      roots: [join(this.folder, 'work')],
    });
    mkdirSync(join(this.folder, 'work'), { recursive: true });
    if (name === SMALL_DISK) machine.mount(SMALL_DISK_MB);
    await machine.join(this.relays[0]?.process as RelayProcess);
    await machine.start();
    this.machines.push(machine);
  }

  /** Addresses of all relays as this user reaches them. */
  urlsOf(user: string): string[] {
    return this.waysOf(user).map(({ port }) => `http://127.0.0.1:${port}`);
  }

  waysOf(user: string): readonly TcpProxy[] {
    return this.ways.get(user) ?? [];
  }

  /** Every process of the run that lives, told by its environment. */
  processes() {
    return processesWith(`${this.folder}/`);
  }

  /** Agents that are not done say nothing more, so that files and store can be compared. */
  silence(): void {
    for (const { pid } of this.machines.flatMap(({ workers }) => workers)) signal(pid, 'SIGSTOP');
  }

  /** Ends all that was started; the folder stays when it is to be looked at. */
  async close({ keep }: { keep: boolean }): Promise<void> {
    for (let left = this.processes(); left.length > 0; left = this.processes()) {
      for (const { pid } of left) signal(pid, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    for (const machine of this.machines) machine.unmount({ keep });
    const ways = [...this.ways.values()].flat();
    await Promise.all([...ways, ...this.relays.flatMap(({ toStore }) => toStore ?? [])].map((way) => way.close()));
    await this.redis?.stop();
    if (!keep) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What a process of this machine sees; by TMPDIR it is found, and armed. */
function environment(folder: string, name: string): Environment {
  const tmp = join(folder, 'tmp', name);
  const home = join(folder, 'home', name);
  for (const path of [tmp, home]) mkdirSync(path, { recursive: true, mode: 0o700 });
  return { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: tmp, LANG: 'C.UTF-8', NO_COLOR: '1' };
}

function signal(pid: number, name: 'SIGKILL' | 'SIGSTOP'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It was quicker.
  }
}
