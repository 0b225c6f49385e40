/** Cold start, and coming back after kill -9. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Frame, Position, SessionId } from '@treeline/shared';
import { startTcpProxy } from '@treeline/test-support/tcp-proxy.ts';
import { type Context, storeName } from '../context.ts';
import { memoryOf } from '../measure.ts';
import { deploy, type RelayServer, startRelay } from '../servers/process.ts';
import { startRunner } from '../servers/runner.ts';
import { attach } from '../streams.ts';
import { startSession } from '../wire/api.ts';
import { LightSocket } from '../wire/light-socket.ts';
import { BenchRunner } from '../wire/runner.ts';

const SETTLE_MS = 1_500;

export async function coldStarts({ plan, samples, single, progress }: Context): Promise<void> {
  for (const { name, redisUrl } of single) {
    for (let round = 0; plan.more(round); round++) {
      progress(`cold start, round ${round + 1} of ${plan.rounds}: ${name}`);
      await samples.take(name, async () => {
        const relay = await startRelay({ redisUrl });
        await sleep(SETTLE_MS);
        const { rssMb, privateMb } = await memoryOf(relay.pid);
        await relay.stop();
        return { 'start.ready': relay.readyMs, 'memory.relay.rss': rssMb, 'memory.relay.private': privateMb };
      });
    }
  }
}

/** A session that says something all the time. */
const TALK = 'while :; do echo tick; sleep 0.02; done';

export async function recoveries({ plan, samples, progress }: Context): Promise<void> {
  for (const store of plan.stores) {
    const two = store === 'redis';
    const name = two ? 'two relays, redis' : storeName(store);
    const it = await deploy({ store, name, relays: two ? 2 : 1 });
    const relays = [...it.relays];
    const runner = await startRunner({
      relay: it.relays[0],
      others: relays.slice(1).map(({ url }) => url),
      last: () => relays[0] as RelayServer,
    });
    const session = await startSession(it.relays[0], { runnerId: runner.id, agent: 'command', prompt: TALK });
    const viewer = new Follower(relays, session);
    try {
      await viewer.eventAfter(Date.now());
      for (let round = 0; plan.more(round); round++) {
        progress(`kill -9 of a relay, round ${round + 1} of ${plan.rounds}: ${name}`);
        await sleep(SETTLE_MS);
        await samples.take(name, async () => {
          // The one that the viewer is on; where there are two, the runner may be on either.
          const at = viewer.at;
          const victim = relays[at] as RelayServer;
          const killed = Date.now();
          await victim.kill9();
          const again = async () => {
            const { redisUrl } = it;
            relays[at] = await startRelay({
              redisUrl,
              dataDir: victim.dataDir,
              port: Number(new URL(victim.url).port),
            });
          };
          if (!two) {
            await Promise.all([again(), viewer.eventAfter(killed)]);
            return { 'recovery.one': viewer.lastAt - killed };
          }
          await viewer.eventAfter(killed);
          const took = viewer.lastAt - killed;
          await again();
          return { 'recovery.two': took };
        });
      }
    } finally {
      viewer.stop();
      await runner.stop([session]);
      for (const relay of relays) await relay.stop();
      await it.stop();
    }
  }
}

const BACK_OFF_MS = 50;

/** A viewer that goes on from its cursor on whichever relay answers. */
class Follower {
  /** Index of the relay that it is on, or tries. */
  at = 0;
  /** When the awaited event came, ms since 1970. */
  lastAt = 0;
  readonly #relays: readonly RelayServer[];
  readonly #session: SessionId;
  #socket: LightSocket | undefined;
  #cursor: Position | undefined;
  #stopped = false;
  #awaited: { after: number; resolve: () => void } | undefined;

  constructor(relays: readonly RelayServer[], session: SessionId) {
    this.#relays = relays;
    this.#session = session;
    void this.#run();
  }

  /** Resolves with the first event that was made after this time. */
  eventAfter(after: number): Promise<void> {
    return new Promise((resolve) => (this.#awaited = { after, resolve }));
  }

  stop(): void {
    this.#stopped = true;
    this.#socket?.close();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#follow(this.#relays[this.at] as RelayServer);
      } catch {
        await sleep(BACK_OFF_MS * (0.5 + Math.random()));
      }
      this.at = (this.at + 1) % this.#relays.length;
    }
  }

  /** Until the connection is lost. */
  async #follow(relay: RelayServer): Promise<void> {
    const socket = await LightSocket.connect(relay.url, '/viewer', { key: relay.key });
    this.#socket = socket;
    const lost = new Promise<void>((resolve) => (socket.onClose = resolve));
    socket.onText = (json) => {
      const [event, payload] = JSON.parse(json) as [string, { frames?: Frame[] }];
      if (event === 'log') this.#take(payload.frames ?? []);
      if (event === 'resync') socket.close();
    };
    const after = this.#cursor === undefined ? {} : { after: this.#cursor };
    const snapshot = socket.request<{ frames: Frame[]; cursor: Position }>('attach', {
      session: this.#session,
      ...after,
    });
    const attached = await Promise.race([snapshot, lost]);
    if (attached === undefined) return;
    this.#take(attached.frames);
    await lost;
  }

  #take(frames: readonly Frame[]): void {
    for (const { epoch, first, count, body } of frames) {
      this.#cursor = { epoch, seq: first + count - 1 };
      const made = (JSON.parse(body) as { at: number }[]).at(-1)?.at ?? 0;
      if (this.#awaited === undefined || made <= this.#awaited.after) continue;
      this.lastAt = Date.now();
      this.#awaited.resolve();
      this.#awaited = undefined;
    }
  }
}

/** The relay learns within its ping times that the other end of a viewer's link is gone without a word. */
export async function halfOpen({ plan, samples, single, progress }: Context): Promise<void> {
  const [it] = single;
  if (it === undefined || plan.quick) return;
  progress(`a half-open link: ${it.name}`);
  const [relay] = it.relays;
  const proxy = await startTcpProxy(Number(new URL(relay.url).port));
  const runner = await BenchRunner.join(relay);
  const session = await startSession(relay, { runnerId: runner.id });
  const unwatched = new Promise<void>((resolve) => {
    runner.onWatch = (watch) => !watch.on && resolve();
  });
  const through = { ...relay, url: `http://127.0.0.1:${proxy.port}` };
  const viewer = await attach(through, session, () => undefined);
  await sleep(SETTLE_MS);
  await samples.take(it.name, async () => {
    const lost = performance.now();
    proxy.halfOpen('client');
    await unwatched;
    return { 'recovery.half': (performance.now() - lost) / 1000 };
  });
  viewer.close();
  runner.close();
  await proxy.close();
}
