/**
 * A TCP proxy on loopback whose network misbehaves when told to. A black hole holds bytes back and loses none, as a
 * network does that comes back; what it never delivers goes with a cut.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Connections that are open now. */
  readonly connections: number;
  /** Ends every connection with a reset. New ones are let in. */
  cut(): void;
  /** Nothing passes in either direction, and new connections get no answer, until `heal`. */
  blackHole(): void;
  /** Each chunk waits this long, until `heal`. */
  slow(delayMs: number): void;
  /** One end of each connection is gone and the other one is not told, until `heal`. New ones are let in. */
  halfOpen(lost: 'client' | 'server'): void;
  /** The network is well again. What was half open is reset. */
  heal(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  server: Socket | undefined;
  half: boolean;
}

/** Forwards to a port of this machine, which need not be listening yet. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  let delayMs = 0;
  /** Resolved while the network lets bytes through. */
  let network = Promise.resolve();
  let letThrough: (() => void) | undefined;

  const drop = (pair: Pair) => {
    pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.server?.resetAndDestroy();
  };
  /** Chunks go on one after the other, so that a wait that ends early lets none of them overtake another. */
  const forward = (pair: Pair, from: Socket, to: Socket) => {
    const isUp = () => !to.destroyed && !pair.half;
    const pass = async (chunk: Buffer) => {
      if (delayMs > 0) await sleep(delayMs);
      await network;
      if (isUp() && !to.write(chunk)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
    };
    let last = Promise.resolve();
    from.on('data', (chunk: Buffer) => {
      from.pause();
      last = pass(chunk).then(
        () => void from.resume(),
        () => undefined, // The other end broke while it was written to.
      );
    });
    // An error is followed by `close`, which says all there is to say.
    from.on('error', () => undefined);
    from.on('end', () => void last.then(() => isUp() && to.end()));
    from.on('close', () => !pair.half && drop(pair));
  };
  const open = (pair: Pair) => {
    const server = createConnection({ port: targetPort, host: '127.0.0.1', noDelay: true });
    pair.server = server;
    forward(pair, pair.client, server);
    forward(pair, server, pair.client);
    pair.client.resume();
  };

  const listener = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, (client) => {
    const pair: Pair = { client, server: undefined, half: false };
    pairs.add(pair);
    client.on('error', () => undefined);
    client.once('close', () => pairs.delete(pair));
    void network.then(() => !client.destroyed && open(pair));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    get connections() {
      return pairs.size;
    },
    cut() {
      for (const pair of pairs) drop(pair);
    },
    blackHole() {
      network = new Promise((resolve) => (letThrough = resolve));
    },
    slow(ms) {
      delayMs = ms;
    },
    halfOpen(lost) {
      for (const pair of pairs) {
        pair.half = true;
        if (lost === 'client') pair.client.resetAndDestroy();
        else pair.server?.resetAndDestroy();
      }
    },
    heal() {
      delayMs = 0;
      letThrough?.();
      for (const pair of pairs) if (pair.half) drop(pair);
    },
    async close() {
      letThrough?.();
      for (const pair of pairs) drop(pair);
      listener.close();
      await once(listener, 'close');
    },
  };
}
