/**
 * Credentials by id, from the store through a short cache. A revocation drops its entry by hint, here and on other relays;
 * should the hint be lost, the entry is forgotten after CACHE_MS all the same.
 */
import type { KeyId } from '@treeline/shared';
import type { Call } from '../domain/audit.ts';
import type { Hints } from '../ports/hints.ts';
import type { Put, Store, Stored } from '../ports/store.ts';
import { commitTold } from '../services/audit/attest.ts';
import { credentialIndexes, endOf, SYSTEM_NAMESPACE, type Credential } from './credential.ts';

const CACHE_MS = 5_000;
const CACHE_SIZE = 5_000;
const TOUCH_EVERY_MS = 60_000;
const PAGE = 500;

/** Which credentials: see credentialIndexes. */
export interface CredentialIndex {
  readonly index: 'list' | 'share' | 'person';
  readonly value: string;
}

export interface CredentialsOptions {
  readonly store: Store;
  readonly hints: Hints;
  readonly now: () => number;
  /** Hears why a time of use could not be written; nothing depends on it. */
  readonly onError: (error: unknown) => void;
}

export class Credentials {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #onError: (error: unknown) => void;
  readonly #hints: Hints;
  readonly #cache = new Map<KeyId, { found: Stored<Credential>; until: number }>();
  readonly #touching = new Set<KeyId>();
  readonly stop: () => void;

  constructor({ store, hints, now, onError }: CredentialsOptions) {
    this.#store = store;
    this.#hints = hints;
    this.#now = now;
    this.#onError = onError;
    this.stop = hints.listen((hint) => {
      if (hint.type === 'revoked') this.#cache.delete(hint.keyId);
    });
  }

  /** The credential while it works; undefined when it is unknown or has ended. */
  async live(id: KeyId): Promise<Credential | undefined> {
    const now = this.#now();
    let entry = this.#cache.get(id);
    if (entry === undefined || entry.until <= now) {
      const found = await this.load(id);
      if (found === undefined) return undefined;
      entry = { found, until: now + CACHE_MS };
      if (this.#cache.size >= CACHE_SIZE) this.#cache.clear();
      this.#cache.set(id, entry);
    }
    return endOf(entry.found.value, now) === undefined ? entry.found.value : undefined;
  }

  load(id: KeyId): Promise<Stored<Credential> | undefined> {
    return this.#store.get<Credential>(SYSTEM_NAMESPACE, { kind: 'credential', id });
  }

  /** All of an index, oldest first, ended ones included. */
  async *all(of: CredentialIndex): AsyncGenerator<Credential> {
    for (let after: string | undefined; ;) {
      const since = after === undefined ? {} : { after };
      const query = { ns: SYSTEM_NAMESPACE, kind: 'credential', ...of, ...since, limit: PAGE } as const;
      const page = await this.#store.list<Credential>(query);
      for (const { value } of page) yield value;
      after = page.at(-1)?.id;
      if (page.length < PAGE) return;
    }
  }

  /** Notes the use, at most once a minute. Does not wait. */
  touch(credential: Credential): void {
    const now = this.#now();
    if (now - (credential.lastUsedAt ?? 0) < TOUCH_EVERY_MS || this.#touching.has(credential.id)) return;
    this.#touching.add(credential.id);
    this.#write(credential.id, now)
      .catch(this.#onError)
      .finally(() => this.#touching.delete(credential.id));
  }

  async #write(id: KeyId, now: number): Promise<void> {
    const current = await this.load(id);
    if (current === undefined) return;
    // On conflict somebody else wrote it, perhaps a revocation: that one stands.
    await this.#store.commit({
      ns: SYSTEM_NAMESPACE,
      put: [putCredential({ ...current.value, lastUsedAt: now }, current.version)],
    });
    this.#cache.delete(id);
  }

  /**
   * Ends it for good, and the connections that use it; with a runner's key also the one that was made to take its place.
   * True unless there is no such credential.
   */
  async revoke(id: KeyId, call?: Call): Promise<boolean> {
    for (;;) {
      const current = await this.load(id);
      if (current === undefined) return false;
      const already = current.value.revokedAt !== undefined;
      const revoked = { ...current.value, revokedAt: this.#now() };
      const unit = { ns: SYSTEM_NAMESPACE, put: [putCredential(revoked, current.version)] };
      const done = already || (await commitTold(this.#store, unit, { call, now: this.#now() })).status === 'committed';
      if (!done) continue;
      this.ended(current.value);
      const { next } = current.value;
      if (next !== undefined) await this.revoke(next);
      return true;
    }
  }

  /** It was ended or removed by a commit: its connections end, here and on other relays. */
  ended({ id, ns }: Credential): void {
    this.#hints.emit({ ns, type: 'revoked', keyId: id });
  }
}

export function putCredential(value: Credential, expect: number): Put {
  return { kind: 'credential', id: value.id, expect, value, indexes: credentialIndexes(value) };
}
