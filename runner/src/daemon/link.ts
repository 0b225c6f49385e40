/**
 * The link to the relay, for ever:
 *
 *   connecting ──► online ──► connecting …        (the network went, or the relay did)
 *       └────────────┴──► refused ──► connecting  (after a long wait: version, credential)
 *       └────────────┴──► superseded ──► connecting  (another daemon has this identity; it says now and then that it is
 *                                                  there, so that people hear of the two, and is let in when it is alone)
 *
 * It carries hints. What it has to say is in the spools, and what it hears is only true once it is on disk.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { PROTOCOL, TreelineError, type PayloadIn, type Reply, type RunnerToRelay } from '@treeline/shared';
import type { Logger } from 'pino';
import type { Credentials } from '../home/credentials.ts';
import type { LinkStatus } from '../home/state-file.ts';
import { backOffMs, connectLimitMs } from './back-off.ts';
import { endingOfFailure, endingOfGoodbye, isUnknownKey, type LinkEnding } from './link-ending.ts';
import { RelaySocket, type RelayHandlers, type RequestName } from './relay-socket.ts';

export type Welcome = Reply<(typeof RunnerToRelay)['hello']>;
export type Hello = Omit<PayloadIn<(typeof RunnerToRelay)['hello']>, 'protocol'>;
type Request<K extends RequestName> = PayloadIn<(typeof RunnerToRelay)[K]>;
/** What a caller gives: the link adds the fence. */
type Unfenced<K extends RequestName> = Omit<Request<K>, 'fence'>;
type NewStatus = LinkStatus extends infer S ? (S extends LinkStatus ? Omit<S, 'since'> : never) : never;

export interface LinkOptions {
  /** Read anew for each attempt, so that a new key or URL is taken up without a restart. */
  readonly credentials: () => Promise<Credentials>;
  readonly hello: () => Hello;
  /** The link is open. Events of the relay wait until this returns. */
  readonly opened: (welcome: Welcome) => void;
  /** The link is no longer open. Every `opened` is followed by one `closed`. */
  readonly closed: () => void;
  readonly changed: (status: LinkStatus) => void;
  readonly handlers: Omit<RelayHandlers, 'goodbye'>;
  readonly logger: Logger;
  /** Wait after a refusal; default 30 s, and 10 s while another daemon has this identity. */
  readonly refusedRetryMs?: number | undefined;
}

const REQUEST_MS = 15_000;
const BYE_MS = 1000;
const REFUSED_RETRY_MS = 30_000;
/** One that was ousted asks to be let in once more soon, by which the relay learns that there are two. */
const SHOW_ITSELF_MS = 1000;
/** And then again and again: when the other one is gone, it is let in. */
const OUSTED_RETRY_MS = 10_000;
/** A link that was open for less than this counts as a failure for the back-off. */
const STABLE_MS = 1000;
/** While the relay stays away, every so many attempts one line goes to the log. */
const LOG_EVERY = 50;

export class Link {
  readonly #options: LinkOptions;
  readonly #stopping = new AbortController();
  #socket: RelaySocket | undefined;
  /** Set while the link is open. */
  #fence: number | undefined;
  /** Of the open link. */
  #key: string | undefined;
  #running: Promise<void> | undefined;
  #status: LinkStatus = { state: 'connecting', since: new Date().toISOString(), attempts: 0 };

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get status(): LinkStatus {
    return this.#status;
  }

  get online(): boolean {
    return this.#fence !== undefined;
  }

  /** The key that the open link was opened with; undefined when it is down. */
  get key(): string | undefined {
    return this.online ? this.#key : undefined;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Says goodbye, closes, and resolves when nothing of the link runs. */
  async stop(): Promise<void> {
    if (this.online) {
      await this.request('bye', {}, BYE_MS).catch((error: unknown) => {
        this.#options.logger.debug({ err: error }, 'the relay did not answer the goodbye');
      });
    }
    this.#stopping.abort();
    this.#socket?.close();
    await this.#running;
    this.#become({ state: 'closed' });
  }

  /**
   * Rejects with the relay's TreelineError, or with `unavailable` at once when the link is down. When no answer came the
   * outcome is unknown, and the same is to be sent again.
   */
  async request<K extends RequestName>(
    name: K,
    payload: Unfenced<K>,
    timeoutMs: number = REQUEST_MS,
  ): Promise<Reply<(typeof RunnerToRelay)[K]>> {
    if (this.#socket === undefined || this.#fence === undefined) {
      throw new TreelineError('unavailable', 'the link to the relay is down');
    }
    return this.#socket.request(name, { ...payload, fence: this.#fence } as unknown as Request<K>, timeoutMs);
  }

  /** Unfinished output, which may be lost. */
  delta(payload: PayloadIn<(typeof RunnerToRelay)['delta']>): void {
    if (this.online) this.#socket?.notify('delta', payload);
  }

  /** Closes this connection and begins another: for a relay that is there and does not answer. */
  reset(why: string): void {
    this.#options.logger.warn(`the link is begun anew: ${why}`);
    this.#socket?.close();
  }

  async #run(): Promise<void> {
    let failures = 0;
    let unanswered = 0;
    for (let attempt = 0; !this.#stopping.signal.aborted; attempt++) {
      const { ending, urls } = await this.#attempt({ attempt, connectMs: connectLimitMs(unanswered) });
      if (this.#stopping.signal.aborted) return;
      if (ending.kind === 'superseded') {
        const isNew = this.#status.state !== 'superseded';
        if (isNew) this.#options.logger.error(`another daemon has this runner's identity: ${ending.problem}`);
        this.#become({ state: 'superseded', problem: ending.problem });
        await this.#pause(isNew ? SHOW_ITSELF_MS : (this.#options.refusedRetryMs ?? OUSTED_RETRY_MS));
        continue;
      }
      if (ending.kind === 'refused') {
        this.#options.logger.error({ code: ending.code }, `the relay refuses this runner: ${ending.problem}`);
        this.#become({ state: 'refused', code: ending.code, problem: ending.problem });
        await this.#pause((this.#options.refusedRetryMs ?? REFUSED_RETRY_MS) * (0.75 + Math.random() / 2));
        continue;
      }
      failures = ending.stable ? 1 : failures + 1;
      unanswered = ending.unanswered === true ? unanswered + 1 : 0;
      if (failures % LOG_EVERY === 1)
        this.#options.logger.warn({ failures }, `no link to the relay: ${ending.problem}`);
      this.#become({ state: 'connecting', attempts: failures, problem: ending.problem });
      await this.#pause(backOffMs({ failures, urls, random: Math.random() }));
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) throw error;
    });
  }

  async #attempt({
    attempt,
    connectMs,
  }: {
    attempt: number;
    connectMs: number;
  }): Promise<{ ending: LinkEnding; urls: number }> {
    let credentials: Credentials;
    try {
      credentials = await this.#options.credentials();
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return { ending: { kind: 'refused', code: 'unauthenticated', problem }, urls: 1 };
    }
    const { relays, key, previousKey } = credentials;
    const url = relays[attempt % relays.length] as string;
    const urls = relays.length;
    const ending = await this.#connect({ url, key, connectMs });
    if (previousKey === undefined || !isUnknownKey(ending) || this.#stopping.signal.aborted) return { ending, urls };
    // The store may have lost the new key, and has the one before then.
    const other = await this.#connect({ url, key: previousKey, connectMs });
    return { ending: isUnknownKey(other) ? ending : other, urls };
  }

  async #connect({ url, key, connectMs }: { url: string; key: string; connectMs: number }): Promise<LinkEnding> {
    const socket = new RelaySocket({ url, key, logger: this.#options.logger, connectMs });
    this.#socket = socket;
    this.#key = key;
    try {
      return await this.#live(socket);
    } catch (error) {
      return endingOfFailure(error);
    } finally {
      socket.close();
      this.#socket = undefined;
    }
  }

  /** One connection from its hello to its end. */
  async #live(socket: RelaySocket): Promise<LinkEnding> {
    let farewell: LinkEnding | undefined;
    let letEventsIn: (() => void) | undefined;
    const opened = new Promise<void>((resolve) => (letEventsIn = resolve));
    const goodbye: RelayHandlers['goodbye'] = (_, said) => {
      farewell = endingOfGoodbye(said);
      socket.close();
    };
    socket.serve({ ...this.#options.handlers, goodbye }, opened);
    await socket.connect(this.#stopping.signal);
    const closed = socket.closed();
    let welcome: Welcome;
    try {
      welcome = await socket.request('hello', { protocol: PROTOCOL, ...this.#options.hello() }, REQUEST_MS);
    } catch (error) {
      return farewell ?? endingOfFailure(error);
    }

    const openedAt = performance.now();
    this.#fence = welcome.fence;
    this.#become({ state: 'online', relay: socket.url, relayId: welcome.relayId });
    this.#options.logger.info({ relay: socket.url, relayId: welcome.relayId }, 'linked to the relay');
    try {
      this.#options.opened(welcome);
      letEventsIn?.();
      const problem = await closed;
      return farewell ?? { kind: 'lost', problem, stable: performance.now() - openedAt >= STABLE_MS };
    } finally {
      this.#fence = undefined;
      this.#options.closed();
    }
  }

  #become(status: NewStatus): void {
    const since = status.state === this.#status.state ? this.#status.since : new Date().toISOString();
    this.#status = { ...status, since };
    this.#options.changed(this.#status);
  }
}
