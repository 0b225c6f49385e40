/**
 * A child asks, its parent's runner gets it, the parent answers, the child's runner gets the answer: two commits and two
 * pushes, each durable before it is acknowledged. On the baselines the same four messages; two of those keep the first of
 * each pair, as the relay has to.
 */
import { newId, type SessionId, type TriggerId } from '@treeline/shared';
import type { Context } from '../context.ts';
import { SOCKET_IO, WS } from '../figures.ts';
import { cpuOf, percentile } from '../measure.ts';
import { alternate } from '../samples.ts';
import { deploy, type Deployment, type RelayServer, startKeepers } from '../servers/process.ts';
import { openWs } from '../streams.ts';
import { startSession } from '../wire/api.ts';
import { LightSocket } from '../wire/light-socket.ts';
import { BenchRunner } from '../wire/runner.ts';

interface Trips {
  /** Resolves when the answer is back. */
  trip(): Promise<void>;
  close(): void;
}

interface Subject {
  readonly name: string;
  readonly pids: readonly number[];
  /** So many children of one parent can ask at the same time. */
  open(children: number): Promise<Trips>;
}

const IN_FLIGHT = 64;
/** Trips before the first that is measured: of a server that has just started, until the code that they run is compiled. */
const FIRST_WARM_UP = 1500;
const WARM_UP = 100;
/** Of one parent; the relay's own limit for live children is raised for this. */
export const MANY_CHILDREN = { TREELINE_MAX_LIVE_CHILDREN: '100', TREELINE_MAX_LIVE_IN_TREE: '200' };

export async function trips(context: Context): Promise<void> {
  const { plan, ws, socketIo } = context;
  const keepers = await startKeepers(plan.stores);
  const deployments: Deployment[] = [];
  try {
    const env = { ...MANY_CHILDREN, TREELINE_SPAWNS_PER_MINUTE: '1000' };
    if (plan.stores.includes('embedded'))
      deployments.push(await deploy({ store: 'embedded', name: 'relay, embedded', env }));
    if (plan.stores.includes('redis')) {
      deployments.push(await deploy({ store: 'redis', name: 'relay, redis everysec', env }));
      deployments.push(await deploy({ store: 'redis', name: 'relay, redis always', fsync: 'always', env }));
      deployments.push(await deploy({ store: 'redis', name: 'two relays, redis', relays: 2, env }));
    }
    const subjects: Subject[] = [
      { name: WS, pids: [ws.pid], open: (children) => wsTrips(ws.url, children) },
      { name: SOCKET_IO, pids: [socketIo.pid], open: (children) => socketIoTrips(socketIo.url, children) },
      ...keepers.servers.map(({ name, server: { pid, url } }) => ({
        name,
        pids: [pid],
        open: (children: number) => wsTrips(url, children),
      })),
      ...deployments.map(({ name, pids, relays }) => ({
        name,
        pids,
        open: (children: number) => relayTrips(relays[0], relays[1] ?? relays[0], children),
      })),
    ];
    await alternate(subjects, plan.more, (subject, round) => measure(context, subject, round));
  } finally {
    for (const deployment of deployments) await deployment.stop();
    await keepers.stop();
  }
}

async function measure({ plan, samples, progress }: Context, subject: Subject, round: number): Promise<void> {
  progress(`trigger round trips, round ${round + 1} of ${plan.rounds}: ${subject.name}`);
  const count = plan.quick ? 100 : 300;
  const serial = await subject.open(1);
  const warmUp = round === 0 ? FIRST_WARM_UP : WARM_UP;
  for (let i = 0; i < warmUp; i++) await serial.trip();
  await samples.take(subject.name, async () => {
    const took = await run(serial, { count, inFlight: 1 });
    return { 'trip.serial.p50': percentile(took, 50), 'trip.serial.p99': percentile(took, 99) };
  });
  serial.close();
  const many = await subject.open(IN_FLIGHT);
  await run(many, { count: 2 * IN_FLIGHT, inFlight: IN_FLIGHT });
  await samples.take(subject.name, async () => {
    const total = count * 4;
    const cpu = cpuOf(subject.pids);
    const started = performance.now();
    const took = await run(many, { count: total, inFlight: IN_FLIGHT });
    return {
      'trip.64.p50': percentile(took, 50),
      'trip.64.p99': percentile(took, 99),
      'trip.64.rate': total / ((performance.now() - started) / 1000),
      'trip.64.cpu': (cpuOf(subject.pids) - cpu) / total,
    };
  });
  many.close();
}

async function run(it: Trips, { count, inFlight }: { count: number; inFlight: number }): Promise<number[]> {
  const took: number[] = [];
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      const started = performance.now();
      await it.trip();
      took.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return took;
}

/** Hands out lanes that are free, so that one child has one question open at a time. */
function lanes(size: number, ask: (lane: number, answered: () => void) => void): () => Promise<void> {
  const free = Array.from({ length: size }, (_, i) => i);
  return () =>
    new Promise((resolve) => {
      const lane = free.pop();
      if (lane === undefined) throw new Error('more trips at once than there are children');
      ask(lane, () => {
        free.push(lane);
        resolve();
      });
    });
}

let channels = 0;
const QUESTION = 'go on? '.padEnd(100, '.');

async function wsTrips(url: string, children: number): Promise<Trips> {
  const [asks, answers] = [`ask-${++channels}`, `answer-${channels}`];
  const sockets = await Promise.all(
    [`/send/${asks}`, `/view/${asks}`, `/send/${answers}`, `/view/${answers}`].map((path) => openWs(url, path)),
  );
  const [ask, asked, answer, answered] = sockets;
  const waiting = new Map<number, () => void>();
  asked?.on('message', (data: Buffer) => answer?.send(data.toString().split(' ', 1)[0] ?? ''));
  answered?.on('message', (data: Buffer) => waiting.get(Number(data.toString()))?.());
  return {
    trip: lanes(children, (lane, done) => {
      waiting.set(lane, done);
      ask?.send(`${lane} ${QUESTION}`);
    }),
    close: () => sockets.forEach((socket) => socket.terminate()),
  };
}

async function socketIoTrips(url: string, children: number): Promise<Trips> {
  const [asks, answers] = [`ask-${++channels}`, `answer-${channels}`];
  const open = (namespace: string, channel: string) => LightSocket.connect(url, namespace, { channel });
  const ask = await open('/send', asks);
  const asked = await open('/view', asks);
  const answer = await open('/send', answers);
  const answered = await open('/view', answers);
  const waiting = new Map<number, () => void>();
  const textOf = (json: string) => (JSON.parse(json) as [string, string])[1];
  asked.onText = (json) => answer.emit('log', textOf(json).split(' ', 1)[0]);
  answered.onText = (json) => waiting.get(Number(textOf(json)))?.();
  return {
    trip: lanes(children, (lane, done) => {
      waiting.set(lane, done);
      ask.emit('log', `${lane} ${QUESTION}`);
    }),
    close: () => [ask, asked, answer, answered].forEach((socket) => socket.close()),
  };
}

async function relayTrips(ofParent: RelayServer, ofChild: RelayServer, children: number): Promise<Trips> {
  const parentRunner = await BenchRunner.join(ofParent);
  const childRunner = await BenchRunner.join(ofChild);
  const parent = await startSession(ofParent, { runnerId: parentRunner.id });
  const sessions: SessionId[] = [];
  while (sessions.length < children)
    sessions.push(await startSession(ofChild, { runnerId: childRunner.id, parentId: parent }));
  const waiting = new Map<TriggerId, () => void>();
  parentRunner.onItems = (_, { entries }) => {
    for (const { item } of entries) {
      if (item.kind !== 'trigger') continue;
      const { triggerId } = item;
      parentRunner.push([
        parentRunner.fact(parent, { id: newId('record'), at: 0, kind: 'answer', triggerId, response: 'yes' }),
      ]);
    }
  };
  childRunner.onItems = (_, { entries }) => {
    for (const { item } of entries) if (item.kind === 'answer') waiting.get(item.triggerId)?.();
  };
  return {
    trip: lanes(children, (lane, done) => {
      const triggerId = newId('trigger');
      const session = sessions[lane] as SessionId;
      waiting.set(triggerId, () => {
        waiting.delete(triggerId);
        done();
      });
      const ask = { type: 'ask_user_question', text: QUESTION } as const;
      childRunner.push([childRunner.fact(session, { id: newId('record'), at: 0, kind: 'ask', triggerId, ask })]);
    }),
    close() {
      parentRunner.close();
      childRunner.close();
    },
  };
}
