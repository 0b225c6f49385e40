/** A real runner: what its processes take, how fast a worker starts, and from a spawn to its first event. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Frame, SessionId } from '@treeline/shared';
import { until } from '@treeline/test-support/until.ts';
import type { Context } from '../context.ts';
import { bornAt, cpuOf, memoryOf, statOf } from '../measure.ts';
import type { RelayServer } from '../servers/process.ts';
import { type RealRunner, startRunner } from '../servers/runner.ts';
import { startSession } from '../wire/api.ts';
import { LightSocket } from '../wire/light-socket.ts';

const SETTLE_MS = 2_000;
/** A worker's heap is tidied up once, some eight seconds after it has nothing more to do. */
const IDLE_AFTER_MS = 15_000;
const PI_WORKERS = 8;
const WAIT = 'sleep 600';

export async function runners(context: Context): Promise<void> {
  const { plan, samples, single, progress } = context;
  const [deployment] = single;
  if (deployment === undefined) return;
  const [relay] = deployment.relays;
  const program = [process.execPath, process.argv[1] ?? '', '_agent'];
  const runner = await startRunner({
    relay,
    agents: {
      acp: { kind: 'acp', command: [...program, 'acp'] },
      pi: { kind: 'pi', command: [...program, 'pi'] },
    },
  });
  const sessions: SessionId[] = [];
  const start = async (agent: string, prompt = WAIT) => {
    const session = await startSession(relay, { runnerId: runner.id, agent, prompt });
    sessions.push(session);
    return session;
  };
  try {
    for (let round = 0; plan.more(round); round++) {
      progress(`runner, round ${round + 1} of ${plan.rounds}`);
      await samples.take('command', async () => ({ 'spawn.first': await firstEvent(relay, () => start('command')) }));
    }
    const workers: [name: string, pid: number][] = [];
    for (const agent of ['command', 'acp', 'pi', 'scripted']) {
      progress(`runner: a worker of ${agent}`);
      const session = await start(agent, agent === 'scripted' ? '[]' : WAIT);
      workers.push([`worker, ${agent}`, await runner.worker(session)]);
      await sleep(SETTLE_MS);
      if (agent === 'command') await starts(context, runner, start);
    }
    const processes = [['supervisor', runner.pids().supervisor], ['daemon', runner.pids().daemon], ...workers] as const;
    const taken = new Map<string, number>();
    for (const [name, pid] of processes) {
      if (statOf(pid) === undefined) continue;
      await samples.take(name, async () => {
        const { rssMb, privateMb } = await memoryOf(pid);
        taken.set(name, privateMb);
        return { 'memory.runner.rss': rssMb, 'memory.runner.private': privateMb };
      });
    }
    const relayMb = (await memoryOf(relay.pid)).privateMb;
    const sum = relayMb + (taken.get('daemon') ?? 0) + PI_WORKERS * (taken.get('worker, command') ?? 0);
    await samples.take(deployment.name, () => Promise.resolve({ 'memory.pi': sum }));
    await idle(context, { runner, relay, start });
  } finally {
    await runner.stop(sessions);
  }
}

/** From the call that spawns to the first event of the agent at a viewer, ms. */
async function firstEvent(relay: RelayServer, spawn: () => Promise<SessionId>): Promise<number> {
  const viewer = await LightSocket.connect(relay.url, '/viewer', { key: relay.key });
  const started = performance.now();
  const session = await spawn();
  const came = new Promise<void>((resolve) => {
    viewer.onText = (json) => {
      const [event, payload] = JSON.parse(json) as [string, { frames?: Frame[] }];
      if (event === 'log' && hasEvents(payload.frames ?? [])) resolve();
    };
  });
  const { frames } = await viewer.request<{ frames: Frame[] }>('attach', { session });
  if (!hasEvents(frames)) await came;
  const took = performance.now() - started;
  viewer.close();
  return took;
}

const hasEvents = (frames: readonly Frame[]) => frames.some(({ kind }) => kind === 'events');

/** From the birth of the process, by the kernel's clock of 10 ms, to the word of the worker that it runs. */
async function starts(
  { plan, samples }: Context,
  runner: RealRunner,
  start: (agent: string) => Promise<SessionId>,
): Promise<void> {
  for (let round = 0; plan.more(round); round++) {
    const session = await start('command');
    await samples.take('command', async () => {
      const pid = await runner.worker(session);
      const runs = await until(
        'the worker says that it runs',
        () => /^(\S+) runs as/m.exec(runner.workerLog(session))?.[1],
      );
      return { 'worker.start': Date.parse(runs) - bornAt(pid) };
    });
  }
}

async function idle(
  { plan, samples, progress }: Context,
  it: { runner: RealRunner; relay: RelayServer; start: (agent: string) => Promise<SessionId> },
): Promise<void> {
  const count = plan.quick ? 10 : 100;
  const seconds = plan.quick ? 5 : 10;
  progress(`idle with ${count} sessions`);
  const pids: number[] = [];
  for (let i = 0; i < count; i += 5) {
    const some = await Promise.all(Array.from({ length: 5 }, () => it.start('command')));
    pids.push(...(await Promise.all(some.map((session) => it.runner.worker(session)))));
  }
  await sleep(IDLE_AFTER_MS);
  const parts = [
    ['relay', [it.relay.pid]],
    ['daemon', [it.runner.pids().daemon]],
    [`${count} workers`, pids],
  ] as const;
  const before = parts.map(([, of]) => cpuOf(of));
  await sleep(seconds * 1000);
  for (const [i, [name, of]] of parts.entries()) {
    const used = (cpuOf(of) - (before[i] ?? 0)) / 1e6 / seconds;
    await samples.take(name, () => Promise.resolve({ 'idle.cpu': used * 100 }));
  }
}
