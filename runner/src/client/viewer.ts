/**
 * The viewer's socket, for commands that follow what happens: namespace /viewer, typed by shared/src/wire/viewer.ts.
 * It reconnects by itself until it is closed; whoever uses it asks again for what it wants in `connected`, from its cursor.
 */
import {
  ackSchema,
  type EventSpec,
  parseInput,
  type Payload,
  type PayloadIn,
  Problem,
  RelayToViewer,
  type Reply,
  TreelineError,
  ViewerToRelay,
} from '@treeline/shared';
import type { Socket } from 'socket.io-client';
import { RelayProblem, RelayUnreachable, whyUnreachable } from './problems.ts';

type Outgoing = typeof ViewerToRelay;
type Incoming = typeof RelayToViewer;

/** What the viewer wants to hear of; the rest is dropped. */
export type ViewerHandlers = {
  readonly [K in keyof Incoming]?: (payload: Payload<Incoming[K]>, viewer: Viewer) => void;
} & {
  /** The link is up, for the first time or again. A rejection ends the viewer, or makes it connect anew if that may help. */
  readonly connected: (viewer: Viewer) => Promise<void>;
  readonly disconnected?: () => void;
};

const REQUEST_MS = 15_000;
const CONNECT_MS = 10_000;
const RETRY_MS = 500;

/** Resolves when the first `connected` has; rejects with RelayUnreachable or the relay's own problem. */
export async function openViewer(
  relay: { readonly url: string; readonly key: string | undefined },
  handlers: ViewerHandlers,
): Promise<Viewer> {
  const { io } = await import('socket.io-client');
  const socket = io(new URL('/viewer', relay.url).href, {
    transports: ['websocket'],
    forceNew: true,
    autoConnect: false,
    timeout: CONNECT_MS,
    reconnectionDelay: 100,
    reconnectionDelayMax: 5000,
    auth: relay.key === undefined ? {} : { key: relay.key },
  });
  const viewer = new Viewer(socket);
  viewer.serve(handlers);
  let begun = false;
  await new Promise<void>((resolve, reject) => {
    // The end before the beginning is the beginning's failure.
    viewer.ended.then(() => reject(new Error('closed')), reject);
    socket.on('connect', () => {
      handlers.connected(viewer).then(
        () => {
          begun = true;
          resolve();
        },
        (error: unknown) => (begun ? viewer.recover(error) : viewer.fail(error)),
      );
    });
    socket.on('connect_error', (error) => {
      const refused = refusalOf(error);
      // A relay that restarts says `unavailable`; Socket.IO does not come back by itself after a refusal.
      if (refused !== undefined && begun && refused.retry) setTimeout(() => viewer.reopen(), RETRY_MS);
      else if (refused !== undefined) viewer.fail(refused);
      else if (!begun)
        viewer.fail(new RelayUnreachable(relay.url, whyUnreachable(networkErrorOf(error)), { cause: error }));
    });
    socket.on('disconnect', (reason) => {
      if (reason === 'io client disconnect') return;
      handlers.disconnected?.();
      // Socket.IO does not come back by itself when the relay closed the connection.
      if (reason === 'io server disconnect') viewer.reopen();
    });
    viewer.reopen();
  });
  return viewer;
}

export class Viewer {
  /** Resolves after `close`; rejects when the link is over for good: refused by the relay, or failed by its user. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  #over = false;
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.ended = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  async request<K extends keyof Outgoing>(name: K, payload: PayloadIn<Outgoing[K]>): Promise<Reply<Outgoing[K]>> {
    const answer: unknown = await this.#socket.timeout(REQUEST_MS).emitWithAck(name, payload);
    const ack = parseInput(ackSchema(ViewerToRelay[name].reply), answer, `the relay's answer to ${name}`);
    if (!ack.ok) throw new RelayProblem(ack.error);
    return ack.value as Reply<Outgoing[K]>;
  }

  close(): void {
    this.#over = true;
    this.#socket.disconnect();
    this.#settle?.resolve();
  }

  /** Closes, and has `ended` reject. */
  fail(error: unknown): void {
    this.#over = true;
    this.#socket.disconnect();
    this.#settle?.reject(error instanceof Error ? error : new Error(String(error)));
  }

  /** After a request that failed: connects anew, or fails when the relay would say the same again. */
  recover(error: unknown): void {
    if (error instanceof TreelineError && !error.retry) return this.fail(error);
    this.#socket.disconnect();
    setTimeout(() => this.reopen(), RETRY_MS);
  }

  /** Connects, unless it was closed. */
  reopen(): void {
    if (!this.#over) this.#socket.connect();
  }

  /** Hands every event of the relay to its handler, parsed; one that is not valid ends the viewer. */
  serve(handlers: ViewerHandlers): void {
    for (const name of Object.keys(RelayToViewer) as (keyof Incoming)[]) {
      const handle = handlers[name] as ((payload: unknown, viewer: Viewer) => void) | undefined;
      if (handle === undefined) continue;
      const spec: EventSpec = RelayToViewer[name];
      this.#socket.on(name, (payload: unknown) => {
        try {
          handle(parseInput(spec.payload, payload, name), this);
        } catch (error) {
          this.fail(error);
        }
      });
    }
  }
}

/** The relay's own words at the door. */
function refusalOf(error: Error): RelayProblem | undefined {
  const data = 'data' in error ? error.data : undefined;
  const said = Problem.safeParse(typeof data === 'object' && data !== null && 'error' in data ? data.error : data);
  return said.success ? new RelayProblem(said.data) : undefined;
}

/** The network's error, which Socket.IO keeps two levels down. */
function networkErrorOf(error: Error): unknown {
  const description = 'description' in error ? error.description : undefined;
  return typeof description === 'object' && description !== null && 'error' in description ? description.error : error;
}
