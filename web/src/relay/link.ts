/**
 * The socket to namespace /viewer. It comes back for ever: by itself with growing pauses, and at once when the page is
 * looked at again or the network returns. What is asked for over it is asked again after each return, by `onUp`.
 */
import type { PayloadIn, RelayToViewer, Reply, SocketEvents, ViewerToRelay } from '@treeline/shared';
import { io, type Socket } from 'socket.io-client';
import { relayAt } from '../paths.ts';
import type { Away } from '../state/world.ts';
import { asProblem, RelayProblem, Unreachable } from './problem.ts';
import { renew } from './renew.ts';

type Events = typeof ViewerToRelay;
type ViewerSocket = Socket<SocketEvents<typeof RelayToViewer>, SocketEvents<Events>>;
export type Incoming = SocketEvents<typeof RelayToViewer>;

const ANSWER_MS = 15_000;
const PROBE_MS = 4_000;
/** A page that was out of sight for longer may have slept. */
const SLEPT_MS = 10_000;
/** A relay that said goodbye is expected back within this. */
const RESTART_MS = 60_000;
const REFUSED_PAUSE_MS = 2_000;

export interface LinkOptions {
  readonly handlers: { readonly [K in keyof Incoming]: (payload: Parameters<Incoming[K]>[0]) => void };
  /** Of a share link; absent: the cookie. */
  readonly secret?: string | undefined;
  /** Connected, for the first time or again. */
  readonly onUp: () => void;
  readonly onDown: (away: Away) => void;
  /** The page is looked at again: whether what it shows is still so is not known before the next `onUp` or `onDown`. */
  readonly onDoubt: () => void;
  /** The sign-in is over. The link rests until `open`. */
  readonly onSignedOut: () => void;
}

export class Link {
  readonly #socket: ViewerSocket;
  readonly #options: LinkOptions;
  #wanted = false;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #hiddenAt: number | undefined;
  #goodbyeAt = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#socket = io(relayAt.viewer, {
      transports: ['websocket'],
      autoConnect: false,
      reconnectionDelay: 250,
      reconnectionDelayMax: 5_000,
      timeout: 8_000,
      ...(options.secret === undefined ? {} : { auth: { key: options.secret } }),
    });
    this.#socket.on('connect', () => options.onUp());
    this.#socket.on('disconnect', (reason) => {
      if (reason === 'io server disconnect') this.#goodbyeAt = Date.now();
      if (reason !== 'io client disconnect') options.onDown(this.#away());
      // A relay that closes the connection itself is not tried again by Socket.IO.
      if (reason === 'io server disconnect') this.#later();
    });
    this.#socket.on('connect_error', (error) => this.#refused(error));
    for (const name of Object.keys(options.handlers) as (keyof Incoming)[]) {
      this.#socket.on(name, options.handlers[name] as never);
    }
    this.#watchPage();
  }

  get isUp(): boolean {
    return this.#socket.connected;
  }

  open(): void {
    this.#wanted = true;
    this.#socket.connect();
  }

  close(): void {
    this.#wanted = false;
    clearTimeout(this.#pause);
    this.#socket.disconnect();
  }

  /** Rejects with RelayProblem when the relay refuses, Unreachable when it does not answer. */
  async ask<K extends keyof Events>(name: K, payload: PayloadIn<Events[K]>): Promise<Reply<Events[K]>> {
    return this.#ask(name, payload, ANSWER_MS);
  }

  async #ask<K extends keyof Events>(
    name: K,
    payload: PayloadIn<Events[K]>,
    timeout: number,
  ): Promise<Reply<Events[K]>> {
    if (!this.#socket.connected) throw new Unreachable();
    let answer: unknown;
    try {
      answer = await (this.#socket as Socket).timeout(timeout).emitWithAck(name, payload);
    } catch (cause) {
      throw new Unreachable({ cause });
    }
    const ack = answer as { ok: true; value: Reply<Events[K]> } | { ok: false; error: unknown };
    if (ack.ok) return ack.value;
    const problem = asProblem(ack.error);
    throw problem === undefined ? new Unreachable() : new RelayProblem(problem);
  }

  #refused(error: Error): void {
    const data = 'data' in error ? error.data : undefined;
    const problem = asProblem(data);
    if (problem?.code === 'unauthenticated' || problem?.code === 'forbidden') {
      void this.#renew();
    } else {
      if (problem?.code === 'unavailable') this.#goodbyeAt = Date.now();
      this.#options.onDown(this.#away());
      // After the relay's own refusal (it is stopping) Socket.IO does not come back by itself.
      if (problem !== undefined) this.#later();
    }
  }

  /** The cookie may only have run out. */
  async #renew(): Promise<void> {
    const goesOn = this.#options.secret === undefined && (await renew().catch(() => undefined));
    if (goesOn === undefined) {
      this.#options.onDown(this.#away());
      this.#later();
    } else if (goesOn && this.#wanted) {
      this.#later(0);
    } else if (!goesOn) {
      this.close();
      this.#options.onSignedOut();
    }
  }

  #later(pause = REFUSED_PAUSE_MS): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      if (this.#wanted) this.#socket.connect();
    }, pause);
  }

  /** Now, whatever pause the reconnecting is in. */
  #again(): void {
    if (!this.#wanted) return;
    clearTimeout(this.#pause);
    this.#socket.disconnect();
    this.#socket.connect();
  }

  /** A page that slept may hold a connection that died long ago, and what it shows may be over. */
  #look(slept: boolean): void {
    if (slept) this.#options.onDoubt();
    this.#ask('overview', {}, PROBE_MS).then(
      () => {
        if (slept) this.#options.onUp();
      },
      () => {
        this.#options.onDown(this.#away());
        this.#again();
      },
    );
  }

  #away(): Away {
    if (!navigator.onLine) return 'no_network';
    return Date.now() - this.#goodbyeAt < RESTART_MS ? 'restarting' : 'silent';
  }

  #watchPage(): void {
    const look = () => {
      if (document.visibilityState === 'hidden') {
        this.#hiddenAt = Date.now();
        return;
      }
      const hiddenAt = this.#hiddenAt;
      this.#hiddenAt = undefined;
      if (!this.#wanted) return;
      if (!this.#socket.connected) return this.#again();
      this.#look(hiddenAt !== undefined && Date.now() - hiddenAt > SLEPT_MS);
    };
    document.addEventListener('visibilitychange', look);
    globalThis.addEventListener('pageshow', look);
    globalThis.addEventListener('online', look);
    // Chromium freezes pages that are long out of sight, and thaws them without a word to the socket.
    document.addEventListener('resume', () => {
      if (this.#wanted && this.#socket.connected) this.#look(true);
    });
    globalThis.addEventListener('offline', () => {
      if (this.#wanted) this.#options.onDown('no_network');
    });
  }
}
