/**
 * The connection to Redis: it reconnects for ever, and no call outlives it. A call made while it is down, unanswered in
 * time, or cut off by it rejects with `unavailable`; nothing is queued and nothing is sent again behind the caller's back.
 */
import { TreelineError } from '@treeline/shared';
import { Redis } from 'ioredis';
import { printableAddress } from './address.ts';
import { defineScripts, type ScriptedRedis } from './scripts/scripts.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const COMMAND_TIMEOUT_MS = 5_000;
/** A Redis that reads its data back from disk is waited for this long. */
const LOADING_TIMEOUT_MS = 30_000;
const RECONNECT_MIN_MS = 50;
const RECONNECT_MAX_MS = 2_000;

export interface ConnectOptions {
  readonly url: string;
  /** After this long without a reply a call rejects; default 5 s. After twice as long the connection is made anew. */
  readonly commandTimeoutMs?: number;
}

export class RedisConnection {
  /** Without credentials. */
  readonly address: string;
  readonly client: ScriptedRedis;
  #opened = false;
  #trouble: string | undefined;
  #barred: string | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: ConnectOptions) {
    this.address = printableAddress(options.url);
    const commandTimeout = options.commandTimeoutMs ?? COMMAND_TIMEOUT_MS;
    const client = new Redis(options.url, {
      protocol: 2,
      lazyConnect: true,
      connectionName: 'treeline',
      connectTimeout: CONNECT_TIMEOUT_MS,
      commandTimeout,
      socketTimeout: 2 * commandTimeout,
      keepAlive: 10_000,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      // With 0, calls that a lost connection leaves unanswered reject at once.
      maxRetriesPerRequest: 0,
      maxLoadingRetryTime: 250,
      retryStrategy: (attempt) => (this.#opened ? reconnectDelay(attempt) : null),
      // A primary that became a replica: the address may lead to the new primary by now.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
    client.on('error', (error) => (this.#trouble = error.message));
    client.on('ready', () => {
      if (this.#opened) this.#trouble = undefined;
    });
    this.client = defineScripts(client);
  }

  /** Connects once; rejects with one clear sentence when that fails. */
  static async open(options: ConnectOptions): Promise<RedisConnection> {
    const connection = new RedisConnection(options);
    await connection.#connect();
    return connection;
  }

  /** Why no call can succeed at the moment; undefined when there is a connection. */
  get trouble(): string | undefined {
    if (this.closed) return 'the store is closed';
    if (this.client.status === 'ready') return this.#barred;
    return `not connected (${this.#trouble ?? 'the connection was lost'}); trying again`;
  }

  /** Lets no call of `run` through for this reason, until it is called without one. */
  bar(reason: string | undefined): void {
    this.#barred = reason;
  }

  /** Runs calls of the client; whatever goes wrong becomes `unavailable`. */
  async run<T>(call: (client: ScriptedRedis) => Promise<T>): Promise<T> {
    try {
      if (this.trouble !== undefined) throw new Error(this.trouble);
      return await call(this.client);
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /** Lets the calls under way end and takes no further ones. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#opened = false;
    if (this.client.status !== 'ready') return this.client.disconnect();
    try {
      await this.client.quit();
    } catch {
      // A connection that breaks while it says goodbye is closed too.
      this.client.disconnect();
    }
  }

  async #connect(): Promise<void> {
    const { client, address } = this;
    let tooLong = false;
    const loading = setTimeout(() => {
      tooLong = true;
      client.disconnect();
    }, LOADING_TIMEOUT_MS);
    try {
      await client.connect();
      // ioredis goes on with database 0 when the one of the URL cannot be selected.
      if (this.#trouble !== undefined) throw new Error(this.#trouble);
      this.#opened = true;
    } catch (error) {
      client.disconnect();
      if (tooLong) throw new Error(`Redis at ${address} is still loading its data; start again when it is done.`);
      throw new Error(connectFailure(address, this.#trouble ?? messageOf(error)));
    } finally {
      clearTimeout(loading);
    }
  }

  #unavailable(error: unknown): TreelineError {
    // Errors of ioredis carry the command with its arguments, a password among them; only their text goes on.
    return new TreelineError('unavailable', `Redis at ${this.address}: ${this.#reason(error)}`);
  }

  #reason(error: unknown): string {
    const message = messageOf(error);
    if (message === 'Command timed out') return 'no answer in time';
    if (error instanceof Error && error.name === 'MaxRetriesPerRequestError') return 'it went away before it answered';
    if (/^(Stream isn't writeable|Connection is closed)/.test(message)) return 'the connection was lost; trying again';
    return this.trouble ?? message;
  }
}

function reconnectDelay(attempt: number): number {
  const ceiling = Math.min(RECONNECT_MAX_MS, RECONNECT_MIN_MS * 2 ** Math.min(attempt - 1, 10));
  return Math.round(ceiling * (0.5 + Math.random() / 2));
}

function connectFailure(address: string, reason: string): string {
  if (/WRONGPASS|NOAUTH|invalid password|without any password/i.test(reason)) {
    return `Redis at ${address} refuses the credentials: correct the user and password in the URL (${reason}).`;
  }
  if (/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ETIMEDOUT|ENETUNREACH|ECONNRESET/.test(reason)) {
    return `Redis at ${address} cannot be reached: start it, or correct the URL (${reason}).`;
  }
  return `Redis at ${address} cannot be used: ${reason}.`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
