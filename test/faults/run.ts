/** One run: opens a world, loads it, breaks it again and again, lets it come to rest, and has it judged. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionId } from '@treeline/shared';
import { check, type Findings } from './checker.ts';
import { awaitDrained, DRAIN_WITHIN_MS } from './drain.ts';
import { readSessions, readSpools, readTriggers } from './evidence.ts';
import { FAULT_KINDS, type Fault } from './faults.ts';
import { Load } from './load.ts';
import { People } from './people.ts';
import { Recoveries } from './recovery.ts';
import { seeded, type Random } from './random.ts';
import { VIEWERS, World, type StoreKind } from './world.ts';
import { Viewer } from './viewers.ts';

export interface RunOptions {
  readonly store: StoreKind;
  readonly seed: number;
  /** For how long things break. */
  readonly faultMs: number;
  readonly trees: number;
  /** How long what runs may take to end after the last fault; default 90 s. Half of it is for what was under way to arrive. */
  readonly settleMs?: number | undefined;
  /** Only these kinds, by the beginning of their names. */
  readonly only?: readonly string[] | undefined;
  /**
   * Whether a run is over once something is seen to be wrong; default false. What was under way then does not arrive, and
   * is told as lost.
   */
  readonly bail?: boolean;
  readonly say: (line: string) => void;
}

export interface RunResult {
  readonly findings: Findings;
  readonly faults: ReadonlyMap<string, number>;
  /** ms until the sessions that say things back did so again, after each fault. */
  readonly recoveries: readonly number[];
  /** ms until all that was under way at the end of the last fault had arrived. */
  readonly drainMs: number;
  readonly undrained: readonly string[];
  readonly trees: { readonly finished: number; readonly stopped: number };
  readonly folder: string;
}

/** Faults that are under way at once, at most. */
const AT_ONCE = 4;
/** After what everything depends on was broken, it is left whole for this long: a world that never works proves nothing. */
const BACKBONE_REST_MS = 1500;
/** One fault begins this long after the one before, on average: their number is that of the time, not of the machine. */
const EVERY_MS = 900;
/** Of some kinds only, for those who look for one mistake. */
const EVERY_CHOSEN_MS = 250;
/** Relays, Redis, and the ways to them. */
const BACKBONE = /^(relay|redis|net relay|net http)/;
/** Faults that were late, because too many were under way, are made up for as far as this. */
const CATCH_UP_MS = 5000;
const SLOW_MS = 8000;
/** Of all kinds, until one is among those that were asked for. */
const TRIES = 200;
const QUIET_MS = 90_000;

export async function run(options: RunOptions): Promise<RunResult> {
  const { store, seed, trees, say, bail = false } = options;
  const world = await World.open(store);
  let keep = true;
  try {
    const key = await userKey(world);
    const people = new People({ urls: world.urlsOf('http'), key });
    const viewers = Array.from({ length: VIEWERS }, (_, index) => {
      const name = `viewer-${index + 1}`;
      return new Viewer({ name, urls: world.urlsOf(name), key, isMine: (id) => shareOf(id) === index });
    });
    const load = new Load({ people, machines: world.machines, trees, random: seeded(seed + 1) });
    await load.start();
    say(`running in ${world.folder}`);

    const { faults, recoveries } = await breakThings({ world, load, people, options });
    const settleMs = bail && world.wrong.length > 0 ? 0 : options.settleMs;
    const withinMs = Math.min(DRAIN_WITHIN_MS, (settleMs ?? Infinity) / 2);
    const drained = await awaitDrained({ world, people, viewers, withinMs });
    say(
      `drained ${drained.ms} ms after the last fault${drained.left.length > 0 ? `, but for ${drained.left.join('; ')}` : ''}`,
    );
    await Promise.race([load.finish(), sleep(settleMs ?? QUIET_MS, undefined, { ref: false })]);
    people.giveUp();
    world.silence();
    await awaitDrained({ world, people, viewers, withinMs });
    await sleep(1000);

    const { api } = world.relays[0]?.process ?? fail();
    const evidence = {
      ops: people.ops,
      losses: world.losses,
      viewers: viewers.flatMap(({ histories }) => histories),
      spools: readSpools(world.machines),
      copies: readSpools(world.copies),
      sessions: await readSessions(api),
      triggers: await readTriggers(api),
      written: readSpools(world.machines),
    };
    const findings = check(evidence, world.wrong);
    for (const viewer of viewers) viewer.close();
    keep = findings.violations.length > 0 || drained.left.length > 0;
    if (keep) await writeFile(join(world.folder, 'evidence.json'), JSON.stringify(evidence));
    const { finished, stopped } = load;
    return {
      findings,
      faults,
      recoveries,
      drainMs: drained.ms,
      undrained: drained.left,
      trees: { finished, stopped },
      folder: world.folder,
    };
  } finally {
    await world.close({ keep });
  }
}

async function breakThings({
  world,
  load,
  people,
  options,
}: {
  world: World;
  load: Load;
  people: People;
  options: RunOptions;
}) {
  const { seed, faultMs, say, only } = options;
  const random = seeded(seed);
  const faults = new Map<string, number>();
  const recoveries: number[] = [];
  const measured = new Recoveries(people);
  const probes = new Set<Promise<void>>();
  const broken = new Set<string>();
  const until = performance.now() + faultMs;
  const breakOne = async (fault: Fault) => {
    const began = performance.now();
    if ((await fault.run()) === false) return;
    faults.set(fault.name, (faults.get(fault.name) ?? 0) + 1);
    say(`${clock()} ${fault.name} ${fault.target} (${Math.round(performance.now() - began)} ms)`);
    const echo = random.pick([...load.echoes.values()]);
    const probe = measured.measure(echo).then((ms) => {
      if (ms === 'over') return load.replaceEcho(echo);
      if (ms === 'cut') return say(`${clock()} ${echo} had not answered when the run ended, after ${fault.name}`);
      recoveries.push(ms);
      if (ms > SLOW_MS) say(`${clock()} ${echo} took ${Math.round(ms)} ms to say something back after ${fault.name}`);
    });
    probes.add(probe);
    void probe.finally(() => probes.delete(probe));
  };

  const every = only === undefined ? EVERY_MS : EVERY_CHOSEN_MS;
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let backboneFrom = 0;
  const goesOn = () =>
    performance.now() < until && failures.length === 0 && !(options.bail === true && world.wrong.length > 0);
  for (let next = performance.now(); goesOn();) {
    await sleep(Math.max(10, next - performance.now()));
    const fault = underWay.size < AT_ONCE ? choose({ world, random, only }) : undefined;
    const isBackbone = fault !== undefined && BACKBONE.test(fault.target);
    if (fault === undefined || broken.has(fault.target) || (isBackbone && performance.now() < backboneFrom)) continue;
    if (isBackbone) backboneFrom = Infinity;
    next = Math.max(next, performance.now() - CATCH_UP_MS) + random.int(every / 2, (every * 3) / 2);
    broken.add(fault.target);
    const running = breakOne(fault)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => {
        broken.delete(fault.target);
        underWay.delete(running);
        if (isBackbone) backboneFrom = performance.now() + BACKBONE_REST_MS;
      });
    underWay.add(running);
  }
  await Promise.all(underWay);
  if (failures.length > 0) throw failures[0];
  return { faults, recoveries };
}

/** Undefined: for now there is nothing to break. */
function choose({
  world,
  random,
  only,
}: {
  world: World;
  random: Random;
  only: RunOptions['only'];
}): Fault | undefined {
  for (let tries = 0; tries < TRIES; tries++) {
    const fault = random.pick(FAULT_KINDS)(world, random);
    if (fault !== undefined && (only === undefined || only.some((start) => fault.name.startsWith(start)))) return fault;
  }
  return undefined;
}

async function userKey(world: World): Promise<string> {
  const { api } = world.relays[0]?.process ?? fail();
  return (await api.createKey({ body: { kind: 'user', name: 'faults' } })).secret;
}

/** Which viewer watches the session. */
function shareOf(id: SessionId): number {
  return (id.codePointAt(id.length - 1) ?? 0) % VIEWERS;
}

function fail(): never {
  throw new Error('a world has a relay');
}

/** As in the logs of the processes. */
function clock(): string {
  return new Date().toISOString().slice(11, 23);
}
