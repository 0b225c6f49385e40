/**
 * Decide, commit, emit. Runs a pure decision over what the store holds, commits everything it changed under a check of
 * everything it read, tells the hints only then, and starts over when somebody was faster.
 */
import type { Frame, RunnerId } from '@treeline/shared';
import { newId, TreelineError } from '@treeline/shared';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Changes, Draft, type Message } from '../domain/draft.ts';
import { indexesOf } from '../domain/indexes.ts';
import type { RecordId, RecordKind, RecordTypes } from '../domain/records.ts';
import { ALL, Missing, type Need, type World } from '../domain/world.ts';
import type { Clock } from '../ports/clock.ts';
import type { Hint, Hints } from '../ports/hints.ts';
import type { AppendResult, FenceGuard, Store, Stored, Unit } from '../ports/store.ts';

/** Lists that a decision may read whole: children, open triggers, runners. */
const LIST_MAX = 5000;
const MAX_TRIES = 40;

export interface TransactOptions {
  readonly ns: string;
  readonly fence?: FenceGuard | undefined;
  /** Frames that the same commit appends. */
  readonly frames?: readonly Frame[];
  /** Records that the decision will surely read, loaded in one go. */
  readonly preload?: readonly { readonly kind: RecordKind; readonly id: string }[];
}

export type Outcome<T> =
  | { readonly status: 'committed'; readonly value: T; readonly positions: readonly number[] }
  | { readonly status: 'rejected'; readonly append: AppendResult };

export class Transactor {
  readonly #store: Store;
  readonly #hints: Hints;
  readonly #clock: Clock;

  constructor({ store, hints, clock }: { store: Store; hints: Hints; clock: Clock }) {
    this.#store = store;
    this.#hints = hints;
    this.#clock = clock;
  }

  /** Rejects with what `decide` throws, with stale_fence, or with unavailable when the race is lost too often. */
  async run<T>(options: TransactOptions, decide: (draft: Draft) => T): Promise<T> {
    const outcome = await this.runWithFrames(options, decide);
    if (outcome.status === 'committed') return outcome.value;
    throw new TreelineError('conflict', 'The log does not continue there');
  }

  /** As run, for a commit that appends frames and may be refused by the log they belong to. */
  async runWithFrames<T>(options: TransactOptions, decide: (draft: Draft) => T): Promise<Outcome<T>> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      if (attempt > 2) await sleep(Math.random() * Math.min(50, 2 ** attempt));
      const loaded = new LoadedWorld(this.#store, options.ns);
      await loaded.preload(options.preload ?? []);
      const { draft, value } = await this.#decide(loaded, decide);
      const changes = draft.changes();
      const result = await this.#store.commit(unitOf(changes, loaded, options));
      if (result.status === 'committed') {
        this.#emit(options, changes.messages);
        return { status: 'committed', value, positions: result.positions };
      }
      if (result.status === 'fenced')
        throw new TreelineError('stale_fence', 'A newer connection of this runner exists');
      if (result.status === 'rejected') return { status: 'rejected', append: result.append };
    }
    throw new TreelineError('unavailable', 'Too many others change the same tree right now');
  }

  async #decide<T>(loaded: LoadedWorld, decide: (draft: Draft) => T): Promise<{ draft: Draft; value: T }> {
    const moment = { now: this.#clock.now(), messageId: () => newId('message', this.#clock.now()) };
    for (;;) {
      const draft = new Draft(loaded, moment);
      try {
        return { draft, value: decide(draft) };
      } catch (error) {
        if (!(error instanceof Missing)) throw error;
        await loaded.load(error.need);
      }
    }
  }

  #emit({ ns, frames }: TransactOptions, messages: readonly Message[]): void {
    const first = frames?.[0];
    if (frames !== undefined && first !== undefined)
      this.#hints.emit({ ns, type: 'frames', session: first.session, frames });
    for (const message of messages) this.#hints.emit({ ns, ...message } as Hint);
  }
}

/** Records as loaded for one try, with the versions they had. */
class LoadedWorld implements World {
  readonly #store: Store;
  readonly #ns: string;
  readonly #records = new Map<string, Stored | undefined>();
  readonly #lists = new Map<string, readonly string[]>();
  readonly #counts = new Map<string, number>();

  constructor(store: Store, ns: string) {
    this.#store = store;
    this.#ns = ns;
  }

  get<K extends RecordKind>(kind: K, id: RecordId[K]): RecordTypes[K] | undefined {
    const key = `${kind}/${id}`;
    if (!this.#records.has(key)) throw new Missing({ need: 'record', kind, id });
    return this.#records.get(key)?.value as RecordTypes[K] | undefined;
  }

  list<K extends 'session' | 'trigger' | 'runner'>(kind: K, index: string, value: string): readonly RecordId[K][] {
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
    await Promise.all(refs.map(({ kind, id }) => this.load({ need: 'record', kind, id })));
  }

  async load(need: Need): Promise<void> {
    if (need.need === 'record') {
      const stored = await this.#store.get(this.#ns, need);
      this.#records.set(`${need.kind}/${need.id}`, stored);
      // Whoever reads a session goes on to its parent, its root or its runner nearly always: fetch them together.
      if (need.kind === 'session' && stored !== undefined) await this.#loadKin(stored.value as RecordTypes['session']);
    } else if (need.need === 'count') {
      this.#counts.set(need.runnerId, await this.#store.count(this.#ns, 'session', 'liveOnRunner', need.runnerId));
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

  async #loadKin(session: RecordTypes['session']): Promise<void> {
    const kin = [session.parentId, session.rootId].filter(
      (id) => id !== null && !this.#records.has(`session/${id}`),
    ) as string[];
    const [sessions, runners] = await Promise.all([
      kin.length === 0 ? [] : this.#store.getMany(this.#ns, 'session', kin),
      this.#records.has(`runner/${session.runnerId}`)
        ? []
        : this.#store.getMany(this.#ns, 'runner', [session.runnerId]),
    ]);
    kin.forEach((id, i) => this.#remember('session', id, sessions[i]));
    if (runners.length > 0) this.#remember('runner', session.runnerId, runners[0]);
  }

  /** The first version read is the one to be checked. */
  #remember(kind: RecordKind, id: string, stored: Stored | undefined): void {
    const key = `${kind}/${id}`;
    if (!this.#records.has(key)) this.#records.set(key, stored);
  }
}

/** Runners change with each heartbeat and only advise; everything else that was read must be as it was. */
function unitOf(changes: Changes, loaded: LoadedWorld, { ns, fence, frames }: TransactOptions): Unit {
  const written = new Set([...changes.puts, ...changes.removes].map(({ kind, id }) => `${kind}/${id}`));
  return {
    ns,
    ...(fence === undefined ? {} : { fence }),
    expect: loaded.read().filter(({ kind, id }) => kind !== 'runner' && !written.has(`${kind}/${id}`)),
    put: changes.puts.map(({ kind, id, value }) => ({
      kind,
      id,
      value,
      expect: loaded.version(kind, id),
      indexes: indexesOf(kind, value),
    })),
    remove: changes.removes.map(({ kind, id }) => ({ kind, id, expect: loaded.version(kind, id) })),
    setTimers: changes.setTimers,
    clearTimers: changes.clearTimers,
    inbox: changes.inbox,
    frames: frames ?? [],
    dropSessions: changes.dropSessions,
  };
}
