/** The worker's line to its daemon. It is there or not; the worker works on either way, and reconnects for ever. */
import { connect, type Socket } from 'node:net';
import { START, type Position } from '@treeline/shared';
import { overLines, type Lines } from '../process/lines.ts';
import { DaemonToWorker, type WorkerToDaemon } from '../process/local-protocol.ts';

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2_000;
const QUERY_MS = 10_000;
const CLOSE_MS = 500;

export type Hello = Extract<WorkerToDaemon, { type: 'hello' }>;

export interface LinkOptions {
  /** Asked anew for each attempt to connect. */
  readonly path: () => Promise<string>;
  readonly hello: () => Hello;
  /** Called for every message, after the link has taken note of it. */
  readonly onMessage: (message: DaemonToWorker) => void;
  readonly log: (text: string) => void;
}

export class DaemonLink {
  readonly #options: LinkOptions;
  #socket: Socket | undefined;
  #lines: Lines<WorkerToDaemon> | undefined;
  #retryMs = FIRST_RETRY_MS;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;
  readonly #queries = new Map<number, PromiseWithResolversOf<unknown>>();
  #lastQuery = 0;
  #complaint = '';
  /** Undefined: nobody has said so since the link broke. */
  relayOnline: boolean | undefined;
  watched = false;
  acked: Position = START;

  constructor(options: LinkOptions) {
    this.#options = options;
    void this.#connect();
  }

  get backlog(): number {
    return this.#lines?.backlog ?? 0;
  }

  /** Hands a hint to the daemon; without a daemon it is dropped, since hello says the same. */
  send(message: WorkerToDaemon): void {
    this.#lines?.send(message);
  }

  /** Asks the relay; rejects when there is no daemon, no relay, or no answer within 10 s. */
  async query(what: Extract<WorkerToDaemon, { type: 'query' }>['what']): Promise<unknown> {
    if (this.#lines === undefined) throw new Error('the runner’s daemon is not there');
    if (this.relayOnline === false) throw new Error('the relay is not reachable');
    const number = ++this.#lastQuery;
    const answer = withResolvers<unknown>();
    this.#queries.set(number, answer);
    const timer = setTimeout(() => answer.reject(new Error('the relay did not answer in time')), QUERY_MS);
    this.send({ type: 'query', number, what });
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      this.#queries.delete(number);
    }
  }

  /** Sends what waits, then closes for good. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed) return;
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.end();
    const timer = setTimeout(() => socket.destroy(), CLOSE_MS);
    await ended;
    clearTimeout(timer);
  }

  async #connect(): Promise<void> {
    let path: string;
    try {
      path = await this.#options.path();
    } catch (error) {
      this.#complain(`where the daemon listens cannot be read: ${String(error)}`);
      this.#lost();
      return;
    }
    if (this.#closed) return;
    const socket = connect(path);
    this.#socket = socket;
    const lines = overLines<typeof DaemonToWorker, WorkerToDaemon>({
      socket,
      incoming: DaemonToWorker,
      onMessage: (message) => this.#receive(message),
      onProblem: (error) => this.#options.log(`the daemon sent what is no message: ${error.message}`),
    });
    socket.on('connect', () => {
      this.#lines = lines;
      lines.send(this.#options.hello());
    });
    socket.on('error', (error) => this.#complain(`the daemon’s socket: ${error.message}`));
    socket.on('close', () => this.#lost());
  }

  #receive(message: DaemonToWorker): void {
    switch (message.type) {
      case 'welcome':
        this.#retryMs = FIRST_RETRY_MS;
        this.#complaint = '';
        this.relayOnline = message.relayOnline;
        this.watched = message.watched;
        this.acked = message.acked;
        break;
      case 'acked':
        this.acked = message.position;
        break;
      case 'relay':
        this.relayOnline = message.online;
        break;
      case 'watch':
        this.watched = message.on;
        break;
      case 'result': {
        const query = this.#queries.get(message.number);
        if (message.ok) query?.resolve(message.value);
        else query?.reject(new Error(String(message.value)));
        break;
      }
      case 'inbox':
      case 'disk_full':
      case 'new_epoch':
      case 'shutdown':
        break;
    }
    this.#options.onMessage(message);
  }

  /** A daemon that is away for days is one line in the log. */
  #complain(text: string): void {
    if (text !== this.#complaint) this.#options.log(text);
    this.#complaint = text;
  }

  #lost(): void {
    this.#lines = undefined;
    this.relayOnline = undefined;
    this.watched = false;
    for (const query of this.#queries.values()) query.reject(new Error('the runner’s daemon went away'));
    if (this.#closed) return;
    const wait = this.#retryMs * (0.5 + Math.random());
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
    this.#retry = setTimeout(() => void this.#connect(), wait);
  }
}

interface PromiseWithResolversOf<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function withResolvers<T>(): PromiseWithResolversOf<T> {
  let settle: Pick<PromiseWithResolversOf<T>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (settle === undefined) throw new Error('A promise runs its executor at once');
  return { promise, ...settle };
}
