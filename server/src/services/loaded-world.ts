/** The World that a decision of a service runs over: records of the store, loaded as they are asked for. */
import type { RunnerId } from '@treeline/shared';
import type { ListedKind, RecordId, RecordKind, RecordTypes } from '../domain/records.ts';
import { ALL, Missing, type Need, type World } from '../domain/world.ts';
import type { Store, Stored } from '../ports/store.ts';
import type { RecordCache } from './record-cache.ts';

/** Lists that a decision may read whole: children, open triggers, runners. */
const LIST_MAX = 5000;

export interface LoadedWorldOptions {
  readonly store: Store;
  readonly ns: string;
  /** Where records may be taken from before the store is asked; absent: always the store. */
  readonly cache: RecordCache | undefined;
  /** Keys of records that whoever made their ids says are new: taken as absent, and the commit proves it. */
  readonly assumedNew: ReadonlySet<string>;
}

/** Records as loaded for one try, with the versions they had. */
export class LoadedWorld implements World {
  /** Something that was read may be older than the store. */
  guessed = false;
  readonly #store: Store;
  readonly #ns: string;
  readonly #cache: RecordCache | undefined;
  readonly #records = new Map<string, Stored | undefined>();
  readonly #lists = new Map<string, readonly string[]>();
  readonly #counts = new Map<string, number>();

  constructor({ store, ns, cache, assumedNew }: LoadedWorldOptions) {
    this.#store = store;
    this.#ns = ns;
    this.#cache = cache;
    for (const key of assumedNew) {
      this.#records.set(key, undefined);
      this.guessed = true;
    }
  }

  get<K extends RecordKind>(kind: K, id: RecordId[K]): RecordTypes[K] | undefined {
    const key = `${kind}/${id}`;
    if (!this.#records.has(key)) throw new Missing({ need: 'record', kind, id });
    return this.#records.get(key)?.value as RecordTypes[K] | undefined;
  }

  list<K extends ListedKind>(kind: K, index: string, value: string): readonly RecordId[K][] {
    const ids = this.#lists.get(`${kind}/${index}/${value}`);
    if (ids === undefined) throw new Missing({ need: 'list', kind, index, value });
    return ids as readonly RecordId[K][];
  }

  liveOn(runnerId: RunnerId): number {
    const count = this.#counts.get(runnerId);
    if (count === undefined) throw new Missing({ need: 'count', runnerId });
    return count;
  }

  version(kind: RecordKind, id: string): number {
    return this.#records.get(`${kind}/${id}`)?.version ?? 0;
  }

  /** Everything that was read, whether there or not. */
  read(): { kind: RecordKind; id: string; version: number }[] {
    return [...this.#records].map(([key, stored]) => {
      const slash = key.indexOf('/');
      return { kind: key.slice(0, slash) as RecordKind, id: key.slice(slash + 1), version: stored?.version ?? 0 };
    });
  }

  async preload(refs: readonly { kind: RecordKind; id: string }[]): Promise<void> {
    const missing = refs.filter(({ kind, id }) => !this.#records.has(`${kind}/${id}`));
    await Promise.all(missing.map(({ kind, id }) => this.load({ need: 'record', kind, id })));
  }

  async load(need: Need): Promise<void> {
    if (need.need === 'record') {
      const [stored] = await this.#read(need.kind, [need.id]);
      // Whoever reads a session goes on to its parent, its root or its runner nearly always: fetch them together.
      if (need.kind === 'session' && stored !== undefined) await this.#loadKin(stored.value as RecordTypes['session']);
    } else if (need.need === 'count') {
      const count = await this.#store.count(this.#ns, 'session', 'liveOnRunner', need.runnerId);
      this.#counts.set(need.runnerId, count);
    } else {
      const filter = need.index === ALL ? {} : { index: need.index, value: need.value };
      const found = await this.#store.list({ ns: this.#ns, kind: need.kind, ...filter, limit: LIST_MAX });
      for (const stored of found) this.#remember(need.kind, stored.id, stored);
      this.#lists.set(
        `${need.kind}/${need.index}/${need.value}`,
        found.map(({ id }) => id),
      );
    }
  }

  async #loadKin({ parentId, rootId, runnerId }: RecordTypes['session']): Promise<void> {
    const kin = [parentId, rootId].filter((id) => id !== null && !this.#records.has(`session/${id}`)) as string[];
    const runner = this.#records.has(`runner/${runnerId}`) ? [] : [runnerId];
    await Promise.all([this.#read('session', [...new Set(kin)]), this.#read('runner', runner)]);
  }

  /** From the cache where it has them, else from the store in one call. */
  async #read(kind: RecordKind, ids: readonly string[]): Promise<(Stored | undefined)[]> {
    const missing: string[] = [];
    for (const id of ids) {
      const cached = this.#cache?.get({ ns: this.#ns, kind, id });
      if (cached === undefined) missing.push(id);
      else {
        this.#remember(kind, id, cached);
        this.guessed = true;
      }
    }
    if (missing.length > 0) {
      const found = await this.#store.getMany(this.#ns, kind, missing);
      missing.forEach((id, i) => this.#remember(kind, id, found[i]));
    }
    return ids.map((id) => this.#records.get(`${kind}/${id}`));
  }

  /** The first version read is the one to be checked. */
  #remember(kind: RecordKind, id: string, stored: Stored | undefined): void {
    const key = `${kind}/${id}`;
    if (!this.#records.has(key)) this.#records.set(key, stored);
  }
}
