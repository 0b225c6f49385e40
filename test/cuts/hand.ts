/**
 * Somebody who uses a credential on one relay without a pause: asks by socket and by HTTP, hears a session's frames, and
 * tries to connect again when it is cut off. Whatever still works counts as an effect, and the last one is remembered.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Frame, SessionId } from '@treeline/shared';
import { io, type Socket } from 'socket.io-client';

const ASK_EVERY_MS = 100;
const TRY_AGAIN_MS = 200;
const ANSWER_MS = 20_000;

/** A key, or the access token of a browser's cookie. */
export type Credential = { readonly key: string } | { readonly token: string };

export interface HandOptions {
  readonly url: string;
  readonly credential: Credential;
  readonly session: SessionId;
}

export class Hand {
  /** When something last worked, on the clock of `performance.now`. */
  lastEffect = 0;
  /** What did not work, connections that were lost included. */
  refused = 0;
  /** Frames of the session that were heard, and how often one did not follow the one before it. */
  frames = 0;
  gaps = 0;
  #next: number | undefined;
  readonly waits: number[] = [];
  readonly #options: HandOptions;
  readonly #socket: Socket;
  readonly #loops: Promise<unknown>;
  #stopped = false;

  private constructor(options: HandOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    socket.on('disconnect', () => !this.#stopped && (this.refused += 1));
    socket.on('log', ({ frames }: { frames: Frame[] }) => this.#hear(frames));
    this.#loops = Promise.all([this.#askBySocket(), this.#askByHttp()]);
    // Awaited by `stop`.
    this.#loops.catch(() => undefined);
  }

  /** Resolves when it hears the session. */
  static async hold(options: HandOptions): Promise<Hand> {
    const socket = openSocket(options);
    await connected(socket);
    const attached: unknown = await socket
      .timeout(ANSWER_MS)
      .emitWithAck('attach', { session: options.session, tail: 1 });
    if (!isOk(attached)) throw new Error(`attach: ${JSON.stringify(attached)}`);
    return new Hand(options, socket);
  }

  get isConnected(): boolean {
    return this.#socket.connected;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loops;
    this.#socket.disconnect();
  }

  #hear(frames: readonly Frame[]): void {
    for (const { first, count } of frames) {
      if (this.#next !== undefined && this.#next !== first) this.gaps += 1;
      this.#next = first + count;
    }
    this.frames += frames.length;
    this.#worked();
  }

  async #askBySocket(): Promise<void> {
    while (!this.#stopped) {
      if (this.#socket.connected) {
        await this.#try(async () => isOk(await this.#socket.timeout(ANSWER_MS).emitWithAck('overview', {})));
        await sleep(ASK_EVERY_MS);
      } else {
        await this.#try(() => this.#comesBack());
        await sleep(TRY_AGAIN_MS);
      }
    }
  }

  /** Whether a new connection would be let in. It is not kept: one that was cut stays so. */
  async #comesBack(): Promise<boolean> {
    const socket = openSocket(this.#options);
    try {
      await connected(socket);
      return true;
    } finally {
      socket.disconnect();
    }
  }

  async #askByHttp(): Promise<void> {
    const { url, credential } = this.#options;
    while (!this.#stopped) {
      await this.#try(async () => {
        const response = await fetch(`${url}/api/v1/auth/me`, { headers: headersOf(url, credential) });
        await response.text();
        return response.ok;
      });
      await sleep(ASK_EVERY_MS);
    }
  }

  async #try(ask: () => Promise<boolean>): Promise<void> {
    const began = performance.now();
    const worked = await ask().catch(() => false);
    if (worked) this.#worked();
    else this.refused += 1;
    this.waits.push(performance.now() - began);
  }

  #worked(): void {
    this.lastEffect = performance.now();
  }
}

function openSocket({ url, credential }: HandOptions): Socket {
  const auth = 'key' in credential ? { key: credential.key } : {};
  const extraHeaders = 'token' in credential ? headersOf(url, credential) : {};
  return io(`${url}/viewer`, { transports: ['websocket'], forceNew: true, reconnection: false, auth, extraHeaders });
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
    socket.once('disconnect', (reason) => reject(new Error(reason)));
  });
}

function headersOf(url: string, credential: Credential): Record<string, string> {
  if ('key' in credential) return { authorization: `Bearer ${credential.key}` };
  const { origin, port } = new URL(url);
  return { cookie: `treeline-${port}=${credential.token}`, origin };
}

function isOk(ack: unknown): boolean {
  return (ack as { ok?: boolean }).ok === true;
}
