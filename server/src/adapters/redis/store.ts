/** The store on Redis: a translation of the port to keys and scripts. How it is opened, and when it is refused: open.ts. */
import type { Frame, InboxEntry, Position, SessionId } from '@treeline/shared';
import { withAudit } from '../../ports/audit-records.ts';
import type {
  AppendResult,
  CommitResult,
  DueTimer,
  FenceGuard,
  Kind,
  ListQuery,
  LogHead,
  LogQuery,
  Ref,
  Store,
  Stored,
  StoreHealth,
  Unit,
} from '../../ports/store.ts';
import { AppendQueue, parseHead } from './append-queue.ts';
import { parseCommit, unitArgs } from './commit.ts';
import type { RedisConnection } from './connection.ts';
import { channelPrefix, type FrameChannels } from './frame-channel.ts';
import { claimDue, nextDue } from './due.ts';
import { indexPath, NAMESPACES, refPath, tagOf } from './keys.ts';
import { replyOf } from './pipeline.ts';
import { frameOf, inboxEntryOf, positionOf } from './streams.ts';

export interface RedisStoreParts {
  readonly connection: RedisConnection;
  readonly channels: FrameChannels;
  readonly health: () => Promise<StoreHealth>;
}

export class RedisStore implements Store {
  readonly #connection: RedisConnection;
  readonly #channels: FrameChannels;
  readonly #health: () => Promise<StoreHealth>;
  readonly #appends: AppendQueue;
  /** Namespaces that this connection has entered in the set of all. */
  readonly #entered = new Set<string>();

  constructor({ connection, channels, health }: RedisStoreParts) {
    this.#connection = connection;
    this.#channels = channels;
    this.#health = health;
    this.#appends = new AppendQueue((ns, args) =>
      connection.run((client) => client.tlAppend(tagOf(ns), [channelPrefix(this.#channels, ns), ...args])),
    );
    connection.client.on('ready', () => this.#entered.clear());
  }

  async get<T>(ns: string, ref: Ref): Promise<Stored<T> | undefined> {
    const key = `${tagOf(ns)}r:${refPath(ref)}`;
    return storedOf(ref.id, await this.#connection.run((client) => client.hmget(key, 'v', 'j')));
  }

  async getMany<T>(ns: string, kind: Kind, ids: readonly string[]): Promise<(Stored<T> | undefined)[]> {
    if (ids.length === 0) return [];
    const tag = tagOf(ns);
    const found = await this.#connection.run((client) => {
      const pipeline = client.pipeline();
      for (const id of ids) pipeline.hmget(`${tag}r:${refPath({ kind, id })}`, 'v', 'j');
      return replyOf<(string | null)[]>(pipeline);
    });
    return ids.map((id, i) => storedOf(id, found[i] ?? []));
  }

  async list<T>({ ns, kind, index, value, limit, after, order = 'asc' }: ListQuery): Promise<Stored<T>[]> {
    if (limit <= 0) return [];
    const set = index === undefined || value === undefined ? `k:${kind}` : `i:${indexPath(kind, index, value)}`;
    const from = after === undefined ? undefined : `(${after}`;
    const range = order === 'asc' ? ['ZRANGEBYLEX', from ?? '-', '+'] : ['ZREVRANGEBYLEX', from ?? '+', '-'];
    const reply = await this.#connection.run((client) => client.tlList(tagOf(ns), [set, kind, ...range, limit]));
    const records: Stored<T>[] = [];
    for (let i = 0; i < reply.length; i += 3) {
      const record = storedOf<T>(reply[i] ?? '', reply.slice(i + 1, i + 3));
      if (record !== undefined) records.push(record);
    }
    return records;
  }

  count(ns: string, kind: Kind, index: string, value: string): Promise<number> {
    return this.#connection.run((client) => client.zcard(`${tagOf(ns)}i:${indexPath(kind, index, value)}`));
  }

  async commit(unit: Unit): Promise<CommitResult> {
    // Written down before the first wait: the caller may change its objects then.
    const args = [channelPrefix(this.#channels, unit.ns), ...unitArgs(withAudit(unit))];
    return parseCommit(
      await this.#connection.run(async (client) => {
        await this.#enter(unit.ns);
        return client.tlCommit(tagOf(unit.ns), args);
      }),
    );
  }

  async append(ns: string, frames: readonly Frame[], fence?: FenceGuard): Promise<AppendResult[]> {
    return frames.length === 0 ? [] : this.#appends.add(ns, frames, fence);
  }

  raiseFence(ns: string, name: string): Promise<number> {
    return this.#connection.run((client) => client.hincrby(`${tagOf(ns)}fences`, name, 1));
  }

  async head(ns: string, session: SessionId): Promise<LogHead> {
    const key = `${tagOf(ns)}head:${session}`;
    const [epoch = null, seq = null, frame = null] = await this.#connection.run((client) =>
      client.hmget(key, 'epoch', 'seq', 'frame'),
    );
    return parseHead({ epoch, seq, frame });
  }

  async readLog(ns: string, session: SessionId, { after, limit }: LogQuery): Promise<Frame[]> {
    if (limit <= 0) return [];
    const from = after === undefined ? '-' : `(${after.epoch}-${after.seq}`;
    const key = `${tagOf(ns)}log:${session}`;
    const entries = await this.#connection.run((client) => client.xrange(key, from, '+', 'COUNT', limit));
    return entries.map((entry) => frameOf(session, entry));
  }

  async readLogTail(ns: string, session: SessionId, limit: number): Promise<Frame[]> {
    if (limit <= 0) return [];
    const key = `${tagOf(ns)}log:${session}`;
    const entries = await this.#connection.run((client) => client.xrevrange(key, '+', '-', 'COUNT', limit));
    return entries.toReversed().map((entry) => frameOf(session, entry));
  }

  async trimLog(ns: string, session: SessionId, { epoch, seq }: Position): Promise<void> {
    await this.#connection.run((client) => client.tlTrim(tagOf(ns), [session, epoch, seq]));
  }

  async trimmedTo(ns: string, session: SessionId): Promise<Position> {
    return positionOf(await this.#connection.run((client) => client.hget(`${tagOf(ns)}head:${session}`, 'trimmed')));
  }

  async readInbox(ns: string, session: SessionId, after: number, limit: number): Promise<InboxEntry[]> {
    if (limit <= 0) return [];
    const key = `${tagOf(ns)}inbox:${session}`;
    const entries = await this.#connection.run((client) => client.xrange(key, `(${after}-0`, '+', 'COUNT', limit));
    return entries.map(inboxEntryOf);
  }

  async trimInbox(ns: string, session: SessionId, upTo: number): Promise<void> {
    const key = `${tagOf(ns)}inbox:${session}`;
    await this.#connection.run((client) => client.xtrim(key, 'MINID', `${upTo + 1}-0`));
  }

  claimDue(now: number, limit: number, holdForMs: number): Promise<DueTimer[]> {
    return this.#connection.run((client) => claimDue(client, { now, limit, holdForMs }));
  }

  nextDue(): Promise<number | undefined> {
    return this.#connection.run(nextDue);
  }

  health(): Promise<StoreHealth> {
    return this.#health();
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #enter(ns: string): Promise<void> {
    if (this.#entered.has(ns)) return;
    await this.#connection.client.sadd(NAMESPACES, ns);
    this.#entered.add(ns);
  }
}

function storedOf<T>(id: string, [version = null, json = null]: readonly (string | null)[]): Stored<T> | undefined {
  if (version === null || json === null) return undefined;
  return { id, value: JSON.parse(json) as T, version: Number(version) };
}
