/** What the relay remembers of a sign-in that takes two requests: kept for five minutes, taken once. */
import { TreelineError } from '@treeline/shared';
import { randomBytes } from 'node:crypto';
import type { Store } from '../ports/store.ts';
import { SYSTEM_NAMESPACE } from './credential.ts';

const LIFE_MS = 5 * 60_000;
const SWEEP = 100;
const INDEX = { index: 'list', value: 'challenge' } as const;

export interface ChallengesOptions {
  readonly store: Store;
  readonly now: () => number;
  /** What they are of: one of another kind is not taken. */
  readonly of: 'passkey' | 'oidc';
}

export class Challenges<T extends object> {
  readonly #options: ChallengesOptions;

  constructor(options: ChallengesOptions) {
    this.#options = options;
  }

  /** Returns the id by which it is taken. */
  async keep(challenge: T): Promise<string> {
    const { store, now } = this.#options;
    const id = randomBytes(16).toString('base64url');
    const value = { ...challenge, expiresAt: now() + LIFE_MS };
    const put = [{ ...this.#refTo(id), expect: 0, value, indexes: { [INDEX.index]: INDEX.value } }];
    const { status } = await store.commit({ ns: SYSTEM_NAMESPACE, put });
    if (status !== 'committed') throw new TreelineError('unavailable', `the challenge could not be stored: ${status}`);
    await this.#sweep();
    return id;
  }

  /** Each counts once. Throws unauthenticated when it is unknown, taken or too old. */
  async take(id: string): Promise<T> {
    const { store, now } = this.#options;
    const ref = this.#refTo(id);
    const found = await store.get<T & { expiresAt: number }>(SYSTEM_NAMESPACE, ref);
    if (found === undefined) throw tooLate();
    const { status } = await store.commit({ ns: SYSTEM_NAMESPACE, remove: [{ ...ref, expect: found.version }] });
    if (status !== 'committed' || found.value.expiresAt <= now()) throw tooLate();
    return found.value;
  }

  #refTo(id: string) {
    return { kind: 'credential', id: `challenge_${this.#options.of}_${id}` } as const;
  }

  async #sweep(): Promise<void> {
    const { store, now } = this.#options;
    const page = await store.list<{ expiresAt: number }>({
      ns: SYSTEM_NAMESPACE,
      kind: 'credential',
      ...INDEX,
      limit: SWEEP,
    });
    const over = page.filter(({ value }) => value.expiresAt <= now());
    if (over.length === 0) return;
    // Whoever else sweeps at the same time makes this a conflict, and the work is done.
    await store.commit({
      ns: SYSTEM_NAMESPACE,
      remove: over.map(({ id, version }) => ({ kind: 'credential', id, expect: version })),
    });
  }
}

export function tooLate(): TreelineError {
  return new TreelineError('unauthenticated', 'this took too long, or was answered before; try again');
}
