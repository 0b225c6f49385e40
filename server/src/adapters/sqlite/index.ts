/** The embedded store: one SQLite file, one relay, no set-up. Only messages cross to the thread that holds the file. */
import type { Frame, InboxEntry, InboxItem, Position, SessionId } from '@treeline/shared';
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
  StoreHealth,
  Stored,
  Unit,
} from '../../ports/store.ts';
import { ThreadLink } from './link.ts';
import { toRows, toStored } from './rows.ts';

export interface SqliteOptions {
  /** Made when it is missing, with its folder, for this user only. */
  readonly file: string;
  /** The bundle of thread.ts; default: `store-thread.mjs` beside the running bundle. */
  readonly threadUrl?: URL;
}

/** Rejects with an Error of one line when the folder cannot be written, another relay uses it or the file is damaged. */
export async function openSqliteStore({
  file,
  threadUrl = new URL('./store-thread.mjs', import.meta.url),
}: SqliteOptions): Promise<Store> {
  return new SqliteStore(await ThreadLink.start(threadUrl, file));
}

class SqliteStore implements Store {
  readonly #link: ThreadLink;

  constructor(link: ThreadLink) {
    this.#link = link;
  }

  async get<T>(ns: string, ref: Ref): Promise<Stored<T> | undefined> {
    const row = await this.#link.call('get', ns, ref);
    return row && toStored<T>(row);
  }

  getMany<T>(ns: string, kind: Kind, ids: readonly string[]): Promise<(Stored<T> | undefined)[]> {
    return Promise.all(ids.map((id) => this.get<T>(ns, { kind, id })));
  }

  async list<T>(query: ListQuery): Promise<Stored<T>[]> {
    return (await this.#link.call('list', query)).map((row) => toStored<T>(row));
  }

  count(ns: string, kind: Kind, index: string, value: string): Promise<number> {
    return this.#link.call('count', ns, kind, [index, value]);
  }

  async commit(unit: Unit): Promise<CommitResult> {
    return this.#link.call('commit', toRows(withAudit(unit)));
  }

  append(ns: string, frames: readonly Frame[], fence?: FenceGuard): Promise<AppendResult[]> {
    return this.#link.call('append', ns, frames, fence);
  }

  raiseFence(ns: string, name: string): Promise<number> {
    return this.#link.call('raiseFence', ns, name);
  }

  head(ns: string, session: SessionId): Promise<LogHead> {
    return this.#link.call('head', { ns, session });
  }

  readLog(ns: string, session: SessionId, query: LogQuery): Promise<Frame[]> {
    return this.#link.call('readLog', { ns, session }, query);
  }

  readLogTail(ns: string, session: SessionId, limit: number): Promise<Frame[]> {
    return this.#link.call('readLogTail', { ns, session }, limit);
  }

  trimLog(ns: string, session: SessionId, upTo: Position): Promise<void> {
    return this.#link.call('trimLog', { ns, session }, upTo);
  }

  trimmedTo(ns: string, session: SessionId): Promise<Position> {
    return this.#link.call('trimmedTo', { ns, session });
  }

  async readInbox(ns: string, session: SessionId, after: number, limit: number): Promise<InboxEntry[]> {
    const rows = await this.#link.call('readInbox', { ns, session }, after, limit);
    return rows.map(({ position, json }) => ({ position, item: JSON.parse(json) as InboxItem }));
  }

  trimInbox(ns: string, session: SessionId, upTo: number): Promise<void> {
    return this.#link.call('trimInbox', { ns, session }, upTo);
  }

  claimDue(now: number, limit: number, holdForMs: number): Promise<DueTimer[]> {
    return this.#link.call('claimDue', now, limit, holdForMs);
  }

  nextDue(): Promise<number | undefined> {
    return this.#link.call('nextDue');
  }

  backup(file: string): Promise<void> {
    return this.#link.call('backUp', file);
  }

  async health(): Promise<StoreHealth> {
    const { recovered, damage } = this.#link;
    const base = { backend: 'sqlite', volatile: false, ...(recovered === undefined ? {} : { recovered }) };
    if (damage !== undefined) {
      return { ...base, ok: false, detail: `the store is damaged (${damage}): restart the relay, which recovers it` };
    }
    try {
      await this.#link.call(this.#link.ailing ? 'probe' : 'nextDue');
      return { ...base, ok: true, detail: 'every commit is flushed to the disk' };
    } catch (error) {
      return { ...base, ok: false, detail: error instanceof Error ? error.message : String(error) };
    }
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}
