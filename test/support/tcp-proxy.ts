/**
 * A TCP proxy on loopback whose network misbehaves when told to. A black hole holds bytes back and loses none, as a
 * network does that comes back; what it never delivers goes with a cut.
 */
import { once } from 'node:events';
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
  let holding = false;
  let delayMs = 0;

  const drop = (pair: Pair) => {
    pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.server?.resetAndDestroy();
  };
  const resume = (socket: Socket) => {
    if (!holding && !socket.destroyed) socket.resume();
  };
  const forward = (pair: Pair, from: Socket, to: Socket) => {
    from.on('data', (chunk) => {
      if (pair.half || to.destroyed) return;
      if (delayMs > 0 || holding) {
        from.pause();
        setTimeout(() => {
          if (!to.destroyed && !pair.half) to.write(chunk);
          resume(from);
        }, delayMs);
      } else if (!to.write(chunk)) {
        from.pause();
        to.once('drain', () => resume(from));
      }
    });
    // An error is followed by `close`, which says all there is to say.
    from.on('error', () => undefined);
    from.on('end', () => !pair.half && to.end());
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
    if (!holding) return open(pair);
    client.on('error', () => undefined);
    client.once('close', () => pairs.delete(pair));
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
      holding = true;
      for (const { client, server } of pairs) {
        client.pause();
        server?.pause();
      }
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
      holding = false;
      delayMs = 0;
      for (const pair of pairs) {
        if (pair.half) drop(pair);
        else if (pair.server === undefined) open(pair);
        else {
          resume(pair.client);
          resume(pair.server);
        }
      }
    },
    async close() {
      for (const pair of pairs) drop(pair);
      listener.close();
      await once(listener, 'close');
    },
  };
}
