/** What every scenario works with. */
import { SOCKET_IO, WS } from './figures.ts';
import type { Samples } from './samples.ts';
import { deploy, type Deployment, type Server, startBaseline, type StoreName } from './servers/process.ts';
import { relayStreams, type Shape, socketIoStreams, type Streams, wsStreams } from './streams.ts';

export interface Plan {
  readonly stores: readonly StoreName[];
  readonly quick: boolean;
  /** Rounds of each scenario, as long as there is time. */
  readonly rounds: number;
  /** Whether there is another round: there are fewer when the machine is slow, and one at least. */
  readonly more: (round: number) => boolean;
}

/** Something that streams can be opened on. */
export interface Candidate {
  readonly name: string;
  /** Whose CPU counts: everything that works for it, Redis included. */
  readonly pids: readonly number[];
  readonly open: (shape: Shape) => Promise<Streams>;
}

/** The baselines and one relay on each store. */
export interface Servers {
  readonly ws: Server;
  readonly socketIo: Server;
  readonly single: readonly Deployment[];
  /** All of them. */
  readonly candidates: readonly Candidate[];
  stop(): Promise<void>;
}

export interface Context extends Omit<Servers, 'stop'> {
  readonly plan: Plan;
  readonly samples: Samples;
  readonly progress: (line: string) => void;
}

export async function withContext(
  plan: Plan,
  samples: Samples,
  run: (context: Context) => Promise<void>,
): Promise<void> {
  const servers = await startServers(plan.stores);
  try {
    const progress = (line: string) => console.error(line);
    await run({ ...servers, plan, samples, progress });
  } finally {
    await servers.stop();
  }
}

export async function startServers(stores: readonly StoreName[]): Promise<Servers> {
  const closers: (() => Promise<void>)[] = [];
  const opened = <T extends { stop(): Promise<void> }>(it: T): T => {
    closers.unshift(() => it.stop());
    return it;
  };
  const stop = async () => {
    for (const close of closers) await close();
  };
  try {
    const ws = opened(await startBaseline('ws'));
    const socketIo = opened(await startBaseline('socket.io'));
    const single: Deployment[] = [];
    for (const store of stores) single.push(opened(await deploy({ store, name: storeName(store) })));
    const candidates: Candidate[] = [
      overWs(WS, ws),
      { name: SOCKET_IO, pids: [socketIo.pid], open: (shape) => socketIoStreams(socketIo.url, shape) },
      ...single.map(({ name, pids, relays: [relay] }) => ({
        name,
        pids,
        open: (shape: Shape) => relayStreams({ runner: relay, viewer: relay }, shape),
      })),
    ];
    return { ws, socketIo, single, candidates, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export function overWs(name: string, { pid, url }: Server): Candidate {
  return { name, pids: [pid], open: (shape) => wsStreams(url, shape) };
}

/** How a relay on a store is called in the results. */
export function storeName(store: StoreName): string {
  return store === 'redis' ? 'relay, redis everysec' : 'relay, embedded';
}
