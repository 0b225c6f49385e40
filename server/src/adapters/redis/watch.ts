/**
 * Judges the Redis behind a connection: at the start, and again after each reconnect, since the address may lead to
 * another server by then. Until the verdict is in, and as long as it is bad, no call of the store goes through: a relay
 * that takes an emptied database for its own would turn every runner and every viewer away.
 */
import { randomUUID } from 'node:crypto';
import type { StoreHealth } from '../../ports/store.ts';
import { judge } from './checks.ts';
import type { RedisConnection } from './connection.ts';
import { readFacts } from './facts.ts';
import { claimIdentity, lastRun, readIdentity } from './identity.ts';
import { renewAppendOnlyFile } from './renew.ts';

const JUDGE_AGAIN_MS = 1_000;
/** A database that was emptied under a running relay is noticed within this. */
const LOOK_EVERY_MS = 1_000;

export interface WatchOptions {
  /** Run although a restart of Redis may lose data. */
  readonly volatile: boolean;
  /** The id that the store must have; without it any will do. */
  readonly expectedId?: string | undefined;
  /** Told what an operator should know and nobody asked for: what could not be verified, what became of the connection. */
  readonly notice?: (sentence: string) => void;
  /** Redis was started again since it was last used: called before calls go through, for it may have lost the last of its writes. */
  readonly restarted?: () => void;
}

export class Watch {
  readonly #connection: RedisConnection;
  readonly #options: WatchOptions;
  #storeId = '';
  #runId: string | undefined;
  #looking: NodeJS.Timeout | undefined;
  /** Counts connections, so that a verdict on an earlier one opens nothing. */
  #turn = 0;

  constructor(connection: RedisConnection, options: WatchOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** Returns the id of the store; throws one sentence with the fixes when the server must not hold it. */
  async begin(): Promise<string> {
    const { client, address } = this.#connection;
    const { problems, notes, runId } = await this.#connection.run(() => this.#judge());
    this.#runId = runId;
    if (problems.length > 0) throw new Error(`Redis at ${address} is not fit: ${problems.join('; ')}.`);
    for (const note of notes) this.#notice(note);
    await this.#refuseOther(address);
    this.#storeId = await this.#connection.run(() => claimIdentity(client, randomUUID()));
    const before = await this.#connection.run(() => lastRun(client));
    if (before !== undefined && before !== runId) this.#options.restarted?.();
    await this.#connection.run(() => this.#renew());
    client.on('close', () => this.#lost());
    client.on('ready', () => void this.#judgeAgain(this.#turn));
    this.#looking = setInterval(() => void this.#look(), LOOK_EVERY_MS).unref();
    return this.#storeId;
  }

  async health(): Promise<StoreHealth> {
    const { address, trouble } = this.#connection;
    const state = (ok: boolean, detail: string): StoreHealth => {
      return { ok, backend: 'redis', volatile: this.#options.volatile, detail };
    };
    if (trouble !== undefined) return state(false, `Redis at ${address}: ${trouble}`);
    try {
      const { problems, notes, aofBroken } = await this.#connection.run(() => this.#judge());
      if (aofBroken) problems.push('the last write of its append-only file failed: look at its disk and its log');
      if (problems.length > 0) return state(false, `Redis at ${address} is not fit: ${problems.join('; ')}`);
      return state(true, [`Redis at ${address}`, ...notes].join('; '));
    } catch (error) {
      return state(false, messageOf(error));
    }
  }

  /** A volatile store may come back empty. */
  async #refuseOther(address: string): Promise<void> {
    const { expectedId, volatile } = this.#options;
    if (expectedId === undefined) return;
    const found = await this.#connection.run((client) => readIdentity(client));
    if (found === expectedId || (found === undefined && volatile)) return;
    const what = found === undefined ? 'is empty' : 'holds another store';
    throw new Error(
      `Redis at ${address} ${what}: this relay worked with store ${expectedId}. Correct the URL, or bring the data back; ` +
        'to go on with what is there, start once with --accept-new-store.',
    );
  }

  /** FLUSHALL and the like leave the connection as it is. */
  async #look(): Promise<void> {
    if (this.#connection.closed) return clearInterval(this.#looking);
    if (this.#connection.trouble !== undefined) return;
    const turn = this.#turn;
    try {
      if ((await this.#isSameStore()) || turn !== this.#turn) return;
      this.#turn += 1;
      this.#connection.bar('it is being checked');
      await this.#judgeAgain(this.#turn);
    } catch {
      // The connection is lost, or slow: whoever calls the store hears of it.
    }
  }

  #lost(): void {
    this.#turn += 1;
    if (this.#connection.closed) return;
    this.#connection.bar('it is being checked after a reconnect');
    this.#notice('the connection was lost; trying again');
  }

  async #judgeAgain(turn: number): Promise<void> {
    try {
      const { problems, runId } = await this.#judge();
      if (problems.length === 0 && !(await this.#isSameStore())) {
        problems.push(
          'this is another or an emptied database: correct the URL or bring the data back, or restart the relay with --accept-new-store',
        );
      }
      if (problems.length === 0) await this.#renew();
      if (turn !== this.#turn) return;
      if (problems.length === 0) {
        if (runId === undefined || runId !== this.#runId) this.#options.restarted?.();
        this.#runId = runId;
        this.#connection.bar(undefined);
        this.#notice('connected again');
        return;
      }
      const reason = `it is not fit: ${problems.join('; ')}`;
      if (this.#connection.trouble !== reason) this.#notice(reason);
      this.#connection.bar(reason);
    } catch (error) {
      this.#notice(`it could not be checked (${messageOf(error)})`);
    }
    setTimeout(() => {
      if (turn === this.#turn) void this.#judgeAgain(turn);
    }, JUDGE_AGAIN_MS).unref();
  }

  /** A volatile store may come back empty; then it goes on as the same one. */
  async #isSameStore(): Promise<boolean> {
    const { client } = this.#connection;
    const id = this.#options.volatile ? await claimIdentity(client, this.#storeId) : await readIdentity(client);
    return id === this.#storeId;
  }

  async #judge(): Promise<{ problems: string[]; notes: string[]; aofBroken: boolean; runId: string | undefined }> {
    const facts = await readFacts(this.#connection.client);
    return { ...judge(facts, this.#options), aofBroken: facts.aofBroken === true, runId: facts.runId };
  }

  async #renew(): Promise<void> {
    const failure = await renewAppendOnlyFile(this.#connection.client);
    if (failure !== undefined) this.#notice(failure);
  }

  #notice(sentence: string): void {
    this.#options.notice?.(`Redis at ${this.#connection.address}: ${sentence}.`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
