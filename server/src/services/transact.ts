/**
 * Decide, commit, emit. Runs a pure decision over what the store holds, commits everything it changed under a check of
 * everything it read, tells the hints only then, and starts over when somebody was faster.
 */
import type { Frame } from '@treeline/shared';
import { failpoint, newId, TreelineError } from '@treeline/shared';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../domain/audit.ts';
import { type Changes, Draft } from '../domain/draft.ts';
import { indexesOf } from '../domain/indexes.ts';
import type { RecordKind } from '../domain/records.ts';
import { Missing } from '../domain/world.ts';
import type { Clock } from '../ports/clock.ts';
import type { Hint, Hints } from '../ports/hints.ts';
import type { AppendResult, FenceGuard, Store, Unit } from '../ports/store.ts';
import { attest } from './audit/attest.ts';
import { InTurn } from './in-turn.ts';
import { LoadedWorld } from './loaded-world.ts';
import { RecordCache } from './record-cache.ts';

const MAX_TRIES = 40;

export interface Ref {
  readonly kind: RecordKind;
  readonly id: string;
}

export interface TransactOptions {
  readonly ns: string;
  readonly fence?: FenceGuard | undefined;
  /** Whose doing it is: the commit tells of it in the audit. */
  readonly call?: Call | undefined;
  /** Frames that the same commit appends. */
  readonly frames?: readonly Frame[];
  /** Records that the decision will surely read, loaded in one go. Decisions on the same ones take turns in this relay. */
  readonly preload?: readonly Ref[];
  /** Records that the decision makes, under ids that whoever asks has made for them. */
  readonly creates?: readonly Ref[];
}

export type Outcome<T> =
  | { readonly status: 'committed'; readonly value: T; readonly positions: readonly number[] }
  | { readonly status: 'rejected'; readonly append: AppendResult };

export class Transactor {
  readonly #store: Store;
  readonly #hints: Hints;
  readonly #clock: Clock;
  readonly #cache = new RecordCache();
  readonly #turns = new InTurn();

  constructor({ store, hints, clock }: { store: Store; hints: Hints; clock: Clock }) {
    this.#store = store;
    this.#hints = hints;
    this.#clock = clock;
  }

  /** Records that it remembers may be ahead of the store: it lost writes. */
  forget(): void {
    this.#cache.clear();
  }

  /** Rejects with what `decide` throws, with stale_fence, or with unavailable when the race is lost too often. */
  async run<T>(options: TransactOptions, decide: (draft: Draft) => T): Promise<T> {
    const outcome = await this.runWithFrames(options, decide);
    if (outcome.status === 'committed') return outcome.value;
    throw new TreelineError('conflict', 'The log does not continue there');
  }

  /** As run, for a commit that appends frames and may be refused by the log they belong to. */
  async runWithFrames<T>(options: TransactOptions, decide: (draft: Draft) => T): Promise<Outcome<T>> {
    const names = [...(options.preload ?? []), ...(options.creates ?? [])].map(
      ({ kind, id }) => `${options.ns}/${kind}/${id}`,
    );
    return this.#turns.run(names, () => this.#tryUntilCommitted(options, decide));
  }

  async #tryUntilCommitted<T>(options: TransactOptions, decide: (draft: Draft) => T): Promise<Outcome<T>> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      if (attempt > 2) await sleep(Math.random() * Math.min(50, 2 ** attempt));
      const outcome = await this.#try(options, decide, { guess: attempt === 0 });
      if (outcome !== undefined) return outcome;
    }
    throw new TreelineError('unavailable', 'Too many others change the same tree right now');
  }

  /** Undefined when it is to be tried again. With `guess`, records of the cache and ids said to be new are believed. */
  async #try<T>(
    options: TransactOptions,
    decide: (draft: Draft) => T,
    { guess }: { guess: boolean },
  ): Promise<Outcome<T> | undefined> {
    const { ns } = options;
    const assumedNew = new Set(guess ? (options.creates ?? []).map(({ kind, id }) => `${kind}/${id}`) : []);
    const loaded = new LoadedWorld({ store: this.#store, ns, cache: guess ? this.#cache : undefined, assumedNew });
    await loaded.preload(options.preload ?? []);
    let decided;
    try {
      decided = await this.#decide(loaded, decide);
    } catch (error) {
      // No refusal on the ground of something that may be out of date.
      if (error instanceof TreelineError && loaded.guessed) return undefined;
      throw error;
    }
    const changes = decided.draft.changes();
    const unit = unitOf(changes, loaded, options);
    const told = isEffect(unit) ? attest(options.call, unit, decided.draft.now) : unit;
    const result = await this.#store.commit(told);
    if (result.status === 'committed') {
      if (options.call !== undefined) options.call.told = true;
      FAILPOINT: failpoint('relay.commit.stored');
      this.#remember(ns, changes, loaded);
      this.#emit(options, changes, result.positions);
      return { status: 'committed', value: decided.value, positions: result.positions };
    }
    for (const { kind, id } of loaded.read()) this.#cache.drop({ ns, kind, id });
    if (result.status === 'fenced') throw new TreelineError('stale_fence', 'A newer connection of this runner exists');
    return result.status === 'rejected' ? { status: 'rejected', append: result.append } : undefined;
  }

  #remember(ns: string, changes: Changes, loaded: LoadedWorld): void {
    for (const { kind, id } of changes.removes) this.#cache.drop({ ns, kind, id });
    for (const { kind, id, value } of changes.puts) {
      if (kind !== 'request') this.#cache.set({ ns, kind, id }, { id, value, version: loaded.version(kind, id) + 1 });
    }
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

  #emit({ ns, frames }: TransactOptions, { messages, inbox }: Changes, positions: readonly number[]): void {
    const first = frames?.[0];
    if (frames !== undefined && first !== undefined)
      this.#hints.emit({ ns, type: 'frames', session: first.session, frames });
    const entries = inbox.map(({ session, item }, i) => ({ session, entry: { position: positions[i] ?? 0, item } }));
    for (const message of messages) {
      if (message.type !== 'inbox') this.#hints.emit({ ns, ...message } as Hint);
      else {
        const own = entries.filter(({ session }) => session === message.session).map(({ entry }) => entry);
        this.#hints.emit({ ns, ...message, entries: own });
      }
    }
  }
}

/** A request that was carried out before changes nothing, and is not told again. */
function isEffect({ put = [], remove = [], inbox = [], frames = [] }: Unit): boolean {
  return put.length + remove.length + inbox.length + frames.length > 0;
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
    raiseInbox: changes.raiseInbox,
    frames: frames ?? [],
    dropSessions: changes.dropSessions,
  };
}
