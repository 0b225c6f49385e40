/**
 * Decide, commit, emit. Runs pure decisions over what the store holds, commits everything they changed under a check of
 * everything they read, tells the hints only then, and starts over when somebody was faster. Decisions of one group that
 * are asked for while a commit is under way are decided one on the other and share the next commit.
 */
import type { Frame } from '@treeline/shared';
import { newId, TreelineError } from '@treeline/shared';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../domain/audit.ts';
import type { Draft } from '../domain/draft.ts';
import type { RecordKind, RecordTypes } from '../domain/records.ts';
import type { Clock } from '../ports/clock.ts';
import type { Hint, Hints } from '../ports/hints.ts';
import type { AppendResult, FenceGuard, Store } from '../ports/store.ts';
import { attempt } from './attempt.ts';
import { Batches } from './batches.ts';
import { InTurn } from './in-turn.ts';
import { LoadedWorld, type RecordRef } from './loaded-world.ts';
import { RecordCache } from './record-cache.ts';

const MAX_TRIES = 40;

export interface TransactOptions {
  readonly ns: string;
  readonly fence?: FenceGuard | undefined;
  /** Whose doing it is: the commit tells of it in the audit. */
  readonly call?: Call | undefined;
  /** Frames that the same commit appends. */
  readonly frames?: readonly Frame[];
  /** Records that the decision will surely read, loaded in one go. Decisions on the same ones take turns in this relay. */
  readonly preload?: readonly RecordRef[];
  /** Records that the decision makes, under ids that whoever asks has made for them. */
  readonly creates?: readonly RecordRef[];
  /** Decisions of one group, in the order they are asked for, share commits. Most of what a tree does is about its parents. */
  readonly group?: string | undefined;
}

export interface Decision<T> {
  readonly decide: (draft: Draft) => T;
  /** What is decided where the rules refuse that; absent: the refusal is all that comes of it. */
  readonly otherwise?: (draft: Draft, refusal: TreelineError) => T;
}

export type Outcome<T> =
  | { readonly status: 'committed'; readonly value: T }
  | { readonly status: 'rejected'; readonly append: AppendResult };

/** One decision that is asked for, and who waits for it. */
export interface Job {
  readonly options: TransactOptions;
  readonly decision: Decision<unknown>;
  resolve(outcome: Outcome<unknown>): void;
  reject(error: unknown): void;
}

export interface TransactorOptions {
  readonly store: Store;
  readonly hints: Hints;
  readonly clock: Clock;
}

export class Transactor {
  readonly #options: TransactorOptions;
  readonly #cache: RecordCache;
  readonly #turns = new InTurn();
  readonly #groups = new Batches<Job>((jobs) => this.#settle(jobs));

  constructor(options: TransactorOptions) {
    this.#options = options;
    this.#cache = new RecordCache(options.clock);
    options.hints.listen((hint) => {
      if (hint.type === 'lapsed') this.#cache.clear();
      // Told of what this relay committed itself, too: that is remembered after it was told.
      else if (hint.type === 'session' || hint.type === 'trigger' || hint.type === 'runner') this.#hear(hint);
    });
  }

  #hear(hint: Hint & { type: 'session' | 'trigger' | 'runner' }): void {
    const key = { ns: hint.ns, kind: hint.type, id: hint.id };
    const stored = 'stored' in hint ? hint.stored : undefined;
    if (stored === undefined) this.#cache.drop(key);
    else this.#cache.set(key, { id: hint.id, ...stored });
  }

  /** Records that it remembers may be ahead of the store: it lost writes. */
  forget(): void {
    this.#cache.clear();
  }

  /** The record as this relay saw it last, if it remembers it. */
  remembered<K extends RecordKind>(ns: string, kind: K, id: string): RecordTypes[K] | undefined {
    return this.#cache.get({ ns, kind, id })?.value as RecordTypes[K] | undefined;
  }

  /** Rejects with what `decide` throws, with stale_fence, or with unavailable when the race is lost too often. */
  async run<T>(options: TransactOptions, decide: (draft: Draft) => T): Promise<T> {
    const outcome = await this.runWithFrames(options, { decide });
    if (outcome.status === 'committed') return outcome.value;
    throw new TreelineError('conflict', 'The log does not continue there');
  }

  /** As run, for a commit that appends frames and may be refused by the log they belong to. */
  async runWithFrames<T>(options: TransactOptions, decision: Decision<T>): Promise<Outcome<T>> {
    const { ns, group, preload = [], creates = [] } = options;
    const asked = new Promise<Outcome<unknown>>((resolve, reject) => {
      const job = { options, decision, resolve, reject };
      if (group !== undefined) return this.#groups.add(`${ns}/${group}`, job);
      const names = [...preload, ...creates].map(({ kind, id }) => `${ns}/${kind}/${id}`);
      void this.#turns.run(names, () => this.#settle([job]));
    });
    return (await asked) as Outcome<T>;
  }

  /** Never rejects. */
  async #settle(jobs: readonly Job[]): Promise<void> {
    try {
      if ((await this.#tryUntilDone(jobs)) === 'apart') for (const job of jobs) await this.#settle([job]);
    } catch (error) {
      for (const job of jobs) job.reject(error);
    }
  }

  async #tryUntilDone(jobs: readonly Job[]): Promise<'done' | 'apart'> {
    const { store, hints, clock } = this.#options;
    const ns = jobs[0]?.options.ns ?? '';
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (tries > 2) await sleep(Math.random() * Math.min(50, 2 ** tries));
      const world = new LoadedWorld({ store, ns, cache: this.#cache, guess: tries === 0 });
      const now = clock.now();
      const moment = { now, messageId: () => newId('message', now) };
      const ended = await attempt({ ns, jobs, world, moment, store, hints, cache: this.#cache });
      if (ended !== 'again') return ended;
    }
    throw new TreelineError('unavailable', 'Too many others change the same tree right now');
  }
}
