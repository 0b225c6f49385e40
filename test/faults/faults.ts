/** The kinds of fault. Each breaks one thing of the world, for a bounded time, and has mended it when it resolves. */
import { rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FAILPOINTS, type Failpoint } from '@treeline/shared';
import { isAlive } from '@treeline/test-support/processes.ts';
import type { RedisServer } from '@treeline/test-support/redis-server.ts';
import type { TcpProxy } from '@treeline/test-support/tcp-proxy.ts';
import { until } from '@treeline/test-support/until.ts';
import { withAdmin } from './admin.ts';
import { loseTail, tearTail } from './append-only-file.ts';
import { runClone } from './clone.ts';
import { crashAt } from './failpoint.ts';
import { fillDisk } from './full-disk.ts';
import type { Machine } from './machine.ts';
import type { Random } from './random.ts';
import type { RelayMachine, World } from './world.ts';

export interface Fault {
  readonly name: string;
  /** What it breaks: no two faults break the same thing at once. */
  readonly target: string;
  /** False: nothing came of it. */
  readonly run: () => Promise<void | boolean>;
}

/** Chooses what of its kind to break; undefined when there is nothing. */
export type FaultKind = (world: World, random: Random) => Fault | undefined;

const RELAY_UP_MS = 120_000;

function relayFault(name: string, run: (relay: RelayMachine, random: Random) => Promise<void>): FaultKind {
  return (world, random) => {
    const relay = random.pick(world.relays);
    return { name: `relay.${name}`, target: relay.name, run: () => run(relay, random) };
  };
}

/** It ends at once while Redis is away; whoever runs it starts it again, as systemd does. */
export async function startAgain({ process: relay, name }: RelayMachine): Promise<void> {
  await until(
    `${name} is up`,
    async () => {
      await relay.start();
      return true;
    },
    { withinMs: RELAY_UP_MS, everyMs: 200 },
  );
}

async function pauseProcess(pid: number, ms: number): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, 'SIGSTOP');
  await sleep(ms);
  if (isAlive(pid)) process.kill(pid, 'SIGCONT');
}

function redisFault(name: string, run: (redis: RedisServer, random: Random) => Promise<void>): FaultKind {
  return ({ redis }, random) =>
    redis === undefined ? undefined : { name: `redis.${name}`, target: 'redis', run: () => run(redis, random) };
}

function daemonFault(name: string, run: (machine: Machine, random: Random) => Promise<void>): FaultKind {
  return (world, random) => {
    const machine = random.pick(world.machines);
    return { name: `daemon.${name}`, target: machine.name, run: () => run(machine, random) };
  };
}

function workerFault(name: string, run: (pid: number, random: Random) => Promise<void>): FaultKind {
  return (world, random) => {
    const machine = random.pick(world.machines);
    const { workers } = machine;
    if (workers.length === 0) return undefined;
    const { pid, session } = random.pick(workers);
    return { name: `worker.${name}`, target: session, run: () => run(pid, random) };
  };
}

type Trouble = (ways: readonly TcpProxy[], random: Random) => Promise<void>;

const TROUBLES: Record<string, Trouble> = {
  async cut(ways) {
    for (const way of ways) way.cut();
  },
  async 'black-hole'(ways, random) {
    for (const way of ways) way.blackHole();
    await sleep(random.int(300, 3500));
    // Most networks come back; some never deliver what was under way.
    if (random.chance(0.4)) for (const way of ways) way.cut();
    for (const way of ways) way.heal();
  },
  async slow(ways, random) {
    for (const way of ways) way.slow(random.int(30, 300));
    await sleep(random.int(500, 2500));
    for (const way of ways) way.heal();
  },
  async 'half-open'(ways, random) {
    for (const way of ways) way.halfOpen(random.pick(['client', 'server']));
    await sleep(random.int(300, 2500));
    for (const way of ways) way.heal();
  },
};

function networkFaults(): FaultKind[] {
  const places: [
    string,
    (world: World, random: Random) => { target: string; ways: readonly TcpProxy[] } | undefined,
  ][] = [
    [
      'runner',
      (world, random) => {
        const { name } = random.pick(world.machines);
        return { target: `net ${name}`, ways: world.waysOf(name) };
      },
    ],
    [
      'viewer',
      (world, random) => {
        const name = `viewer-${random.int(1, 4)}`;
        return { target: `net ${name}`, ways: world.waysOf(name) };
      },
    ],
    ['http', (world) => ({ target: 'net http', ways: world.waysOf('http') })],
    [
      'store',
      (world, random) => {
        const { name, toStore } = random.pick(world.relays);
        return toStore === undefined ? undefined : { target: `net ${name}`, ways: [toStore] };
      },
    ],
  ];
  return places.flatMap(([place, choose]) =>
    Object.entries(TROUBLES).map(([name, trouble]): FaultKind => (world, random) => {
      const chosen = choose(world, random);
      return (
        chosen && { name: `network.${place}.${name}`, target: chosen.target, run: () => trouble(chosen.ways, random) }
      );
    }),
  );
}

/** A crash at the next place between a write and the message that follows. */
function failpointFault(name: Failpoint): FaultKind {
  return (world, random) => {
    const time = random.int(1, 6);
    if (name.startsWith('relay.store.') && world.redis !== undefined) return undefined;
    if (name.startsWith('relay.')) {
      const relay = random.pick(world.relays);
      const run = async () => {
        if (!(await crashAt(relay.tmp, name, time))) return false;
        await until(`${relay.name} is gone`, () => !isAlive(relay.process.pid));
        await startAgain(relay);
        return true;
      };
      return { name: `crash.${name}`, target: relay.name, run };
    }
    const machine = random.pick(world.machines);
    const run = async () => {
      const before = machine.daemonPid;
      if (!(await crashAt(machine.tmp, name, time))) return false;
      if (name.startsWith('daemon.')) await bringBack(machine, before);
      return true;
    };
    return { name: `crash.${name}`, target: machine.name, run };
  };
}

/** After the daemon died: the supervisor starts it again, but waits longer after each crash, and gives up after some. */
async function bringBack(machine: Machine, before: number): Promise<void> {
  const isBack = () => machine.daemonPid !== before && isAlive(machine.daemonPid);
  await until('the daemon is back', isBack, { withinMs: 2500 }).catch(() => machine.crash('both'));
  await machine.start();
}

/** What the embedded store has not flushed is lost: its write-ahead log, or a part of it. */
async function cutPower(relay: RelayMachine, random: Random): Promise<void> {
  await relay.process.kill9();
  const log = join(relay.dataDir, 'relay.db-wal');
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (random.chance(0.5)) rmSync(log, { force: true });
  else if (size > 0) truncateSync(log, random.int(0, size));
  await startAgain(relay);
}

/** Its disk is full for a while. What ended over it is started again, as by a person who has made room. */
async function fillUp(machine: Machine, random: Random): Promise<void> {
  await fillDisk(machine.home, random.int(300, 2500));
  await machine.start();
}

/** The clock of one machine is wrong for a while. */
async function jumpClock(tmp: string, random: Random): Promise<void> {
  const path = join(tmp, 'clock');
  writeFileSync(path, String(random.pick([-3_600_000, -90_000, -5000, 5000, 40_000])));
  await sleep(random.int(500, 2500));
  rmSync(path);
}

export const FAULT_KINDS: readonly FaultKind[] = [
  relayFault('kill', async (relay, random) => {
    await relay.process.kill9();
    await sleep(random.int(0, 800));
    await startAgain(relay);
  }),
  relayFault('restart', async (relay) => {
    await relay.process.stop();
    await startAgain(relay);
  }),
  relayFault('pause', ({ process: relay }, random) => pauseProcess(relay.pid, random.int(300, 4000))),
  (world, random) => {
    const [relay] = world.relays;
    if (world.redis !== undefined || relay === undefined) return undefined;
    return { name: 'relay.power-cut', target: relay.name, run: () => cutPower(relay, random) };
  },
  redisFault('kill', async (redis, random) => {
    await redis.kill();
    await sleep(random.int(0, 800));
    await redis.restart();
  }),
  redisFault('restart', (redis) => redis.restart()),
  redisFault('pause', (redis, random) => pauseProcess(redis.pid, random.int(300, 3500))),
  redisFault('client-pause', (redis, random) =>
    withAdmin(redis, async (admin) => {
      const ms = random.int(300, 2500);
      await admin.call('CLIENT', 'PAUSE', String(ms), random.pick(['ALL', 'WRITE']));
      await sleep(ms);
    }),
  ),
  redisFault('out-of-memory', (redis, random) =>
    withAdmin(redis, async (admin) => {
      await admin.config('SET', 'maxmemory', '1mb');
      await sleep(random.int(300, 2500));
      await admin.config('SET', 'maxmemory', '0');
    }),
  ),
  redisFault('torn-tail', async (redis) => {
    await redis.kill();
    tearTail(redis);
    await redis.restart();
  }),
  (world, random) => {
    const { redis } = world;
    return redis && { name: 'redis.tail-loss', target: 'redis', run: () => loseTail(world, redis, random) };
  },
  daemonFault('kill', async (machine) => {
    const before = machine.daemonPid;
    await machine.crash('daemon');
    await bringBack(machine, before);
  }),
  daemonFault('crash', async (machine, random) => {
    await machine.crash('both');
    await sleep(random.int(0, 1500));
    await machine.start();
  }),
  daemonFault('restart', async (machine) => {
    await machine.stop();
    await machine.start();
  }),
  daemonFault('pause', (machine, random) => pauseProcess(machine.daemonPid, random.int(300, 4000))),
  workerFault('kill', async (pid) => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  }),
  workerFault('pause', (pid, random) => pauseProcess(pid, random.int(300, 3000))),
  ...networkFaults(),
  ...FAILPOINTS.map(failpointFault),
  (world, random) => {
    const { name, tmp } = random.pick([...world.relays, ...world.machines]);
    return { name: 'clock.jump', target: `clock ${name}`, run: () => jumpClock(tmp, random) };
  },
  (world, random) => {
    // It takes as long as ten others.
    if (!random.chance(0.3)) return undefined;
    const machine = random.pick(world.machines);
    const run = async () => {
      const copy = machine.beside(join(world.folder, `copy-${world.copies.length + 1}`));
      world.copies.push(copy);
      const problem = await runClone(machine, copy);
      if (problem !== undefined) world.wrong.push(problem);
    };
    return { name: 'folder.clone', target: machine.name, run };
  },
  (world, random) => {
    const mounted = world.machines.filter((machine) => machine.mounted);
    if (mounted.length === 0) return undefined;
    const machine = random.pick(mounted);
    return { name: 'disk.full', target: machine.name, run: () => fillUp(machine, random) };
  },
];
