/**
 * One connection to one relay: Socket.IO namespace /runner, typed by shared/src/wire/runner.ts in both directions. What
 * the relay says is parsed before anything uses it.
 */
import {
  ackSchema,
  LIMITS,
  parseInput,
  Problem,
  RelayToRunner,
  RunnerToRelay,
  TreelineError,
  type Ack,
  type EventSpec,
  type Handlers,
  type PayloadIn,
  type Reply,
} from '@treeline/shared';
import type { Logger } from 'pino';
import { io, type Socket } from 'socket.io-client';
import type { z } from 'zod';

type Outgoing = typeof RunnerToRelay;
/** Events of the runner that are acknowledged. */
export type RequestName = { [K in keyof Outgoing]: Outgoing[K]['reply'] extends z.ZodType ? K : never }[keyof Outgoing];
export type RelayHandlers = Handlers<typeof RelayToRunner, void>;

/** Largest message taken from the relay; its packets are at most LIMITS.packetBytes. */
const MAX_MESSAGE_BYTES = 4 * LIMITS.packetBytes;
/** More than this unsent, and the connection is too slow for unfinished output. */
const BUSY_PACKETS = 64;
const BUSY_BYTES = 1024 * 1024;
/** Events of the relay in work at once; one more is refused. */
const MAX_IN_WORK = 512;

/** The relay does not let this runner in; the same attempt will fail again. */
export class RefusedByRelay extends Error {
  override readonly name = 'RefusedByRelay';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

export interface RelaySocketOptions {
  readonly url: string;
  readonly key: string;
  readonly logger: Logger;
  /** How long the way to an open connection may take. */
  readonly connectMs: number;
}

/** What Socket.IO says when the way to an open connection took longer than it may. */
const TIMEOUT = 'timeout';

/** Nobody answered within `connectMs`: the way is broken, or slow. */
export class NoAnswer extends Error {}

export class RelaySocket {
  readonly url: string;
  private readonly socket: Socket;
  private readonly logger: Logger;
  private inWork = 0;

  constructor({ url, key, logger, connectMs }: RelaySocketOptions) {
    this.url = url;
    this.logger = logger;
    const options = {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      autoConnect: false,
      timeout: connectMs,
      maxPayload: MAX_MESSAGE_BYTES,
      auth: { key },
    };
    this.socket = io(new URL('/runner', url).href, options);
  }

  /** Resolves when the namespace is open; rejects with RefusedByRelay when the relay says no. */
  connect(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error): void => {
        signal.removeEventListener('abort', onAbort);
        this.socket.off('connect', onConnect).off('connect_error', onError).off('disconnect', onDisconnect);
        if (error === undefined) resolve();
        else reject(error);
      };
      const onConnect = (): void => settle();
      const onError = (error: Error): void => settle(connectProblem(error));
      const onDisconnect = (reason: string): void => settle(new Error(reason));
      const onAbort = (): void => settle(new Error('stopped'));
      this.socket.on('connect', onConnect).on('connect_error', onError).on('disconnect', onDisconnect);
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) onAbort();
      else this.socket.connect();
    });
  }

  /** Resolves with the reason when the connection is over. */
  closed(): Promise<string> {
    if (!this.socket.connected) return Promise.resolve('closed');
    return new Promise((resolve) => this.socket.once('disconnect', (reason) => resolve(reason)));
  }

  close(): void {
    this.socket.disconnect();
  }

  /** Sends and waits for the acknowledgement. Rejects with the relay's TreelineError, or an Error when none comes in time. */
  async request<K extends RequestName>(
    name: K,
    payload: PayloadIn<Outgoing[K]>,
    timeoutMs: number,
  ): Promise<Reply<Outgoing[K]>> {
    if (!this.socket.connected) throw new Error('the link to the relay is down');
    const answer: unknown = await this.socket.timeout(timeoutMs).emitWithAck(name, payload);
    const ack = parseInput(ackSchema(RunnerToRelay[name].reply), answer, `the relay's answer to ${name}`);
    if (!ack.ok) throw TreelineError.fromProblem(ack.error);
    return ack.value as Reply<Outgoing[K]>;
  }

  /** Sends unless the connection is down, or so much waits that this would only be late: for what may be lost. */
  notify(name: 'delta', payload: PayloadIn<Outgoing['delta']>): void {
    if (this.socket.connected && !this.isBusy()) this.socket.emit(name, payload);
  }

  private isBusy(): boolean {
    const { writeBuffer, transport } = this.socket.io.engine;
    const unsent: unknown = 'ws' in transport ? (transport.ws as { bufferedAmount?: unknown }).bufferedAmount : 0;
    return writeBuffer.length > BUSY_PACKETS || (typeof unsent === 'number' && unsent > BUSY_BYTES);
  }

  /**
   * Answers every event of the relay by its handler, once `opened` has resolved (a goodbye at once). A payload that is
   * not valid gets a problem as its answer, and is logged.
   */
  serve(handlers: RelayHandlers, opened: Promise<void>): void {
    for (const name of Object.keys(RelayToRunner) as (keyof typeof RelayToRunner)[]) {
      const spec: EventSpec = RelayToRunner[name];
      const handler = handlers[name] as (context: void, payload: unknown) => unknown;
      this.socket.on(name, (payload: unknown, ack: unknown) => {
        const work = async (): Promise<unknown> => {
          const parsed = parseInput(spec.payload, payload, name);
          if (name !== 'goodbye') await opened;
          return handler(undefined, parsed);
        };
        void this.answer(name, work).then((answer) => {
          if (typeof ack === 'function') (ack as (answer: Ack<unknown>) => void)(answer);
        });
      });
    }
  }

  private async answer(name: string, work: () => Promise<unknown>): Promise<Ack<unknown>> {
    if (this.inWork >= MAX_IN_WORK) return problem(new TreelineError('rate_limited', 'too many events at once'));
    this.inWork += 1;
    try {
      return { ok: true, value: (await work()) ?? {} };
    } catch (error) {
      if (error instanceof TreelineError) {
        this.logger.warn({ event: name, code: error.code }, `event of the relay refused: ${error.message}`);
        return problem(error);
      }
      this.logger.error({ event: name, err: error }, 'an event of the relay could not be handled');
      return problem(new TreelineError('internal', `${name} could not be handled`));
    } finally {
      this.inWork -= 1;
    }
  }
}

function problem(error: TreelineError): Ack<unknown> {
  return { ok: false, error: error.toProblem() };
}

/** What a failed connection means: a problem of the catalogue from the relay's door, or a network that is not there. */
function connectProblem(error: Error): Error {
  if (error.message === TIMEOUT) return new NoAnswer('it did not answer in time', { cause: error });
  const data = 'data' in error ? error.data : undefined;
  const said = Problem.safeParse(typeof data === 'object' && data !== null && 'error' in data ? data.error : data);
  if (said.success) return new RefusedByRelay(said.data);
  const cause = 'description' in error ? innerMessage(error.description) : undefined;
  return new Error(cause ?? error.message, { cause: error });
}

/** The network's own words, which Socket.IO keeps two levels down. */
function innerMessage(description: unknown): string | undefined {
  if (typeof description !== 'object' || description === null) return undefined;
  if ('message' in description && typeof description.message === 'string' && description.message !== '') {
    return description.message;
  }
  return 'error' in description ? innerMessage(description.error) : undefined;
}
