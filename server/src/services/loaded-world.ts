/**
 * The World that decisions of a service run over: records of the store, loaded as they are asked for. Those that this relay
 * saw last are taken from its cache in the very moment they are asked for, so that nothing this relay committed meanwhile
 * is missed.
 */
import type { RunnerId } from '@treeline/shared';
import type { ListedKind, RecordId, RecordKind, RecordTypes } from '../domain/records.ts';
import { ALL, missing, type Need, type World } from '../domain/world.ts';
import type { Store, Stored } from '../ports/store.ts';
import type { RecordCache } from './record-cache.ts';

/** Lists that a decision may read whole: children, open triggers, runners. */
const LIST_MAX = 5000;

export interface LoadedWorldOptions {
  readonly store: Store;
  readonly ns: string;
  readonly cache: RecordCache;
  /** Whether records of the cache, and ids that are said to be new, are believed; else the store is asked. */
  readonly guess: boolean;
}

export interface RecordRef {
  readonly kind: RecordKind;
  readonly id: string;
}

/** Records as loaded for one try, with the versions they had. */
export class LoadedWorld implements World {
  /** Something that was read may be older than the store. */
  guessed = false;
  readonly #options: LoadedWorldOptions;
  readonly #records = new Map<string, Stored | undefined>();
  /** What decisions have asked for, of what was loaded. */
  readonly #read = new Map<string, RecordRef>();
  readonly #lists = new Map<string, readonly string[]>();
  readonly #counts = new Map<string, number>();
  readonly #assumedNew = new Set<string>();

  constructor(options: LoadedWorldOptions) {
    this.#options = options;
  }

  /** Whoever made these ids says that they are new: taken as absent, and the commit proves it. */
  assumeNew(refs: readonly RecordRef[]): void {
    if (this.#options.guess) for (const { kind, id } of refs) this.#assumedNew.add(`${kind}/${id}`);
  }

  get<K extends RecordKind>(kind: K, id: RecordId[K]): RecordTypes[K] | undefined {
    const key = `${kind}/${id}`;
    if (!this.#records.has(key)) {
      const cached = this.#cached(kind, id);
      if (cached === undefined && !this.#assumedNew.has(key)) return missing({ need: 'record', kind, id });
      this.#records.set(key, cached);
      this.guessed = true;
    }
    if (!this.#read.has(key)) this.#read.set(key, { kind, id });
    return this.#records.get(key)?.value as RecordTypes[K] | undefined;
  }

  list<K extends ListedKind>(kind: K, index: string, value: string): readonly RecordId[K][] {
    const ids = this.#lists.get(`${kind}/${index}/${value}`);
    return (ids as readonly RecordId[K][] | undefined) ?? missing({ need: 'list', kind, index, value });
  }

  liveOn(runnerId: RunnerId): number {
    return this.#counts.get(runnerId) ?? missing({ need: 'count', runnerId });
  }

  version(kind: RecordKind, id: string): number {
    return this.#records.get(`${kind}/${id}`)?.version ?? 0;
  }

  /** Everything that a decision has read, whether there or not. */
  read(): (RecordRef & { readonly version: number })[] {
    return [...this.#read.values()].map(({ kind, id }) => ({ kind, id, version: this.version(kind, id) }));
  }

  async preload(refs: readonly RecordRef[]): Promise<void> {
    await Promise.all(refs.map(({ kind, id }) => this.#fetch(kind, [id])));
  }

  async load(need: Need): Promise<void> {
    const { store, ns } = this.#options;
    if (need.need === 'record') return this.#fetch(need.kind, [need.id]);
    if (need.need === 'count') {
      this.#counts.set(need.runnerId, await store.count(ns, 'session', 'liveOnRunner', need.runnerId));
      return;
    }
    const filter = need.index === ALL ? {} : { index: need.index, value: need.value };
    const found = await store.list({ ns, kind: need.kind, ...filter, limit: LIST_MAX });
    for (const stored of found) this.#remember(need.kind, stored.id, stored);
    const ids = found.map(({ id }) => id);
    this.#lists.set(`${need.kind}/${need.index}/${need.value}`, ids);
  }

  /** From the store, what is not at hand, and with it what a decision on it nearly always goes on to. */
  async #fetch(kind: RecordKind, ids: readonly string[]): Promise<void> {
    const wanted = ids.filter((id) => !this.#isAtHand(kind, id));
    if (wanted.length === 0) return;
    const { store, ns, cache } = this.#options;
    const asOf = cache.moment;
    const found = await store.getMany(ns, kind, wanted);
    wanted.forEach((id, i) => {
      const stored = found[i];
      this.#remember(kind, id, stored);
      if (stored !== undefined) cache.add({ ns, kind, id }, { stored, asOf });
    });
    await Promise.all(found.flatMap((stored) => (stored === undefined ? [] : [this.#fetchKin(kind, stored)])));
  }

  async #fetchKin(kind: RecordKind, { value }: Stored): Promise<void> {
    if (kind === 'trigger') return this.#fetch('session', [(value as RecordTypes['trigger']).sessionId]);
    if (kind !== 'session') return;
    const { parentId, rootId, runnerId } = value as RecordTypes['session'];
    const kin = new Set([parentId, rootId].filter((id) => id !== null));
    await Promise.all([this.#fetch('session', [...kin]), this.#fetch('runner', [runnerId])]);
  }

  #isAtHand(kind: RecordKind, id: string): boolean {
    const key = `${kind}/${id}`;
    return this.#records.has(key) || this.#assumedNew.has(key) || this.#cached(kind, id) !== undefined;
  }

  #cached(kind: RecordKind, id: string): Stored | undefined {
    const { ns, cache, guess } = this.#options;
    return guess ? cache.get({ ns, kind, id }) : undefined;
  }

  /** The first version read is the one to be checked. */
  #remember(kind: RecordKind, id: string, stored: Stored | undefined): void {
    const key = `${kind}/${id}`;
    if (!this.#records.has(key)) this.#records.set(key, stored);
  }
}
