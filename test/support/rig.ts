/**
 * A whole Treeline for one test file: a relay on one of the stores, runners, the command line. All of it is real
 * processes that see nothing of this machine but a folder of the test. When it closes, no process and no file is left,
 * or the test fails.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, vi } from 'vitest';
import type { ApiClient } from './api.ts';
import { runCli, startCli, type CliResult } from './cli.ts';
import { kill9, processesWith, type Environment, type Program } from './processes.ts';
import { hasRedisServer, startRedisServer, type RedisServer } from './redis-server.ts';
import { startRelay, type RelayProcess } from './relay-process.ts';
import { startRunner, type AgentEntry, type RunnerProcess } from './runner-process.ts';
import { until } from './until.ts';

export type StoreKind = 'embedded' | 'redis';

export interface RigOptions {
  readonly store: StoreKind;
  /** Further variables of the relay, such as TREELINE_OFFLINE_AFTER_MS. */
  readonly relayEnv?: Environment;
}

interface RunnerSettings {
  readonly agents?: Readonly<Record<string, AgentEntry>>;
  readonly config?: Readonly<Record<string, unknown>>;
}

interface CallSettings {
  readonly env?: Environment;
  readonly stdin?: string;
  readonly withinMs?: number;
}

export class Rig {
  /** Everything of the test is below it; also the mark of its processes. */
  readonly folder: string;
  readonly env: Environment;
  readonly relay: RelayProcess;
  readonly #redis: RedisServer | undefined;
  readonly #runners: RunnerProcess[] = [];

  private constructor(parts: {
    folder: string;
    env: Environment;
    relay: RelayProcess;
    redis: RedisServer | undefined;
  }) {
    this.folder = parts.folder;
    this.env = parts.env;
    this.relay = parts.relay;
    this.#redis = parts.redis;
  }

  static async open({ store, relayEnv = {} }: RigOptions): Promise<Rig> {
    const folder = mkdtempSync(join(tmpdir(), 'treeline-rig-'));
    for (const name of ['home', 'tmp', 'work', 'relay']) mkdirSync(join(folder, name), { mode: 0o700 });
    // TMPDIR reaches every process, agents and their tools included: by it they are found.
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: join(folder, 'home'),
      TMPDIR: join(folder, 'tmp'),
      LANG: 'C.UTF-8',
      NO_COLOR: '1',
    };
    const redis = store === 'redis' ? await startRedisServer() : undefined;
    try {
      const dataDir = join(folder, 'relay');
      const relay = await startRelay({ dataDir, env: { ...env, ...relayEnv }, redisUrl: redis?.url });
      return new Rig({ folder, env, relay, redis });
    } catch (error) {
      await clear(folder, redis);
      throw error;
    }
  }

  get api(): ApiClient {
    return this.relay.api;
  }

  /** A folder of the test that exists. */
  async makeFolder(...path: readonly string[]): Promise<string> {
    const made = join(this.folder, 'work', ...path);
    await mkdir(made, { recursive: true });
    return made;
  }

  /** Runs `treeline …` as the person at the relay's machine, who needs no sign-in. */
  cli(args: readonly string[], settings: CallSettings = {}): Promise<CliResult> {
    return runCli(args, this.#callOptions(settings));
  }

  /** Starts `treeline …` and lets it run. */
  startCli(args: readonly string[]): Program {
    return startCli(args, this.#callOptions({}));
  }

  /** A runner that has just joined. One of that name, of an earlier try of the same test, is gone for good. */
  async runner(name: string, settings: RunnerSettings = {}): Promise<RunnerProcess> {
    await this.#remove(name);
    const runner = await startRunner({
      ...settings,
      config: { roots: [join(this.folder, 'work')], ...settings.config },
      relay: this.relay,
      name,
      home: join(this.folder, 'runners', name),
      env: this.env,
      cli: (args, options) => this.cli(args, options),
    });
    this.#runners.push(runner);
    return runner;
  }

  /** The store is lost whole, and its operator begins anew. */
  async loseStore(): Promise<void> {
    if (this.#redis === undefined) {
      await this.relay.stop();
      for (const end of ['', '-wal', '-shm']) await rm(join(this.relay.dataDir, `relay.db${end}`), { force: true });
      return this.relay.start();
    }
    await this.#redis.flush();
    await this.relay.kill9();
    return this.relay.start(['--accept-new-store']);
  }

  /** What the relay and the daemons logged last. */
  logs(): string {
    const tail = (text: string) => text.trim().split('\n').slice(-40).join('\n');
    const parts = [`── relay\n${tail(this.relay.log())}`];
    for (const runner of this.#runners) parts.push(`── runner ${runner.name}\n${tail(runner.log())}`);
    return parts.join('\n');
  }

  /** Stops everything in order. Rejects when something of it goes on living. */
  async close(): Promise<void> {
    try {
      for (const runner of this.#runners) await runner.stop('kill');
      await this.relay.stop();
      await until('no process of the test is left', () => this.#alive().length === 0, {
        withinMs: 10_000,
        otherwise: () => this.#alive(),
      });
    } finally {
      await clear(this.folder, this.#redis);
    }
  }

  async #remove(name: string): Promise<void> {
    const at = this.#runners.findIndex((runner) => runner.name === name);
    const [earlier] = at < 0 ? [] : this.#runners.splice(at, 1);
    if (earlier === undefined) return;
    await earlier.stop('kill');
    await rm(earlier.home, { recursive: true, force: true });
  }

  #alive() {
    return processesIn(this.folder);
  }

  #callOptions({ env = {}, ...settings }: CallSettings) {
    const own = { TREELINE_HOME: join(this.folder, 'home', '.treeline'), TREELINE_DATA_DIR: this.relay.dataDir };
    return { env: { ...this.env, ...own, ...env }, cwd: join(this.folder, 'work'), ...settings };
  }
}

const processesIn = (folder: string) => processesWith(`${folder}/`);

/** Ends by force what is left, and removes the folder. */
async function clear(folder: string, redis: RedisServer | undefined): Promise<void> {
  for (const { pid } of processesIn(folder)) kill9(pid);
  await redis?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Runs the tests once on each store. Redis is skipped, and seen to be, where redis-server is not installed. */
export function onEachStore(what: string, tests: (store: StoreKind) => void): void {
  describe(`${what}, embedded store`, () => {
    tests('embedded');
  });
  describe.skipIf(!hasRedisServer)(`${what}, Redis${hasRedisServer ? '' : ' (redis-server is not installed)'}`, () => {
    tests('redis');
  });
}

/** Longer than any single wait, so that what a wait has to say is seen. */
const TEST_MS = 150_000;

/** One rig for all tests of a describe; a failed test shows what its processes logged. */
export function useRig(options: RigOptions): { readonly rig: Rig } {
  let rig: Rig | undefined;
  vi.setConfig({ testTimeout: TEST_MS, hookTimeout: TEST_MS });
  beforeAll(async () => {
    rig = await Rig.open(options);
  });
  afterAll(async () => {
    await rig?.close();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    process.stderr.write(`${rig?.logs()}\n`);
    // What failed between a stop and its start leaves the others, and its own next try, a relay.
    if (rig?.relay.running === false) await rig.relay.start();
  });
  return {
    get rig() {
      if (rig === undefined) throw new Error('the rig is there only while tests run');
      return rig;
    },
  };
}
