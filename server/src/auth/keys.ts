/** Keys and join tokens: made, verified, listed, ended. The store holds an HMAC of each secret and never the secret. */
import {
  formatApiKey,
  newId,
  parseApiKey,
  TreelineError,
  type ApiKeyParts,
  type KeyId,
  type KeyView,
  type RunnerId,
} from '@treeline/shared';
import { randomBytes } from 'node:crypto';
import type { Principal } from '../domain/principal.ts';
import type { Store } from '../ports/store.ts';
import {
  credentialList,
  endOf,
  hashSecret,
  isKey,
  keyView,
  newSecret,
  principalOf,
  runnerIndex,
  sameHash,
  SYSTEM_NAMESPACE,
  type Credential,
} from './credential.ts';
import { putCredential, type Credentials } from './credentials.ts';
import { storedSecret } from './stored-secret.ts';

const PAGE = 500;

export interface NewKey {
  readonly ns: string;
  readonly kind: 'user' | 'runner' | 'join';
  readonly name: string;
  readonly runnerId?: RunnerId;
  readonly expiresAt?: number | undefined;
}

export interface MadeKey {
  readonly key: KeyView;
  /** The key's text: shown once, kept nowhere. */
  readonly secret: string;
}

export interface KeysOptions {
  readonly store: Store;
  readonly credentials: Credentials;
  readonly now: () => number;
  readonly joinTokenMs: number;
}

export class Keys {
  readonly #store: Store;
  readonly #credentials: Credentials;
  readonly #now: () => number;
  readonly #joinTokenMs: number;
  readonly #pepper: string;

  private constructor({ store, credentials, now, joinTokenMs }: KeysOptions, pepper: string) {
    this.#store = store;
    this.#credentials = credentials;
    this.#now = now;
    this.#joinTokenMs = joinTokenMs;
    this.#pepper = pepper;
  }

  static async open(options: KeysOptions): Promise<Keys> {
    const pepper = await storedSecret(options.store, 'key-pepper', () => randomBytes(32).toString('base64'));
    return new Keys(options, pepper);
  }

  /**
   * Makes a user key or a join token for its maker's own namespace. It lives no longer than the maker's own credential, so
   * that a key that ends cannot outlive itself.
   */
  async create(
    by: Principal,
    request: { kind: 'user' | 'join'; name: string; expiresInMs?: number | undefined },
  ): Promise<MadeKey> {
    const lifetime = request.expiresInMs ?? (request.kind === 'join' ? this.#joinTokenMs : undefined);
    const wanted = lifetime === undefined ? undefined : this.#now() + lifetime;
    const maker = 'keyId' in by ? await this.#credentials.live(by.keyId) : undefined;
    // A browser's sign-in is short by nature; what a person makes in it is meant to stay.
    const bound = maker?.kind === 'user' ? maker.expiresAt : undefined;
    const expiresAt = bound === undefined ? wanted : Math.min(bound, wanted ?? bound);
    return this.make({ ns: by.ns, kind: request.kind, name: request.name, expiresAt });
  }

  /** Makes a key for the relay itself to hand out. */
  async make(request: NewKey): Promise<MadeKey> {
    const { credential, secret } = this.#draft(request);
    const { status } = await this.#store.commit({ ns: SYSTEM_NAMESPACE, put: [putCredential(credential, 0)] });
    if (status !== 'committed') throw new TreelineError('unavailable', `the key could not be stored: ${status}`);
    return { key: keyView(credential, this.#now()), secret };
  }

  /** Who a key's text is, or undefined when it is mistyped, unknown or has ended. */
  async verify(text: string): Promise<Principal | undefined> {
    const parts = parseApiKey(text);
    if (parts === undefined) return undefined;
    const credential = await this.#credentials.live(`key_${parts.id}`);
    if (credential === undefined || !this.#matches(credential, parts)) return undefined;
    this.#credentials.touch(credential);
    return principalOf(credential);
  }

  /** Keys and join tokens of a namespace, oldest first, ended ones included. */
  async list(ns: string): Promise<KeyView[]> {
    const views: KeyView[] = [];
    for (let after: string | undefined; ;) {
      const page = await this.#store.list<Credential>({
        ns: SYSTEM_NAMESPACE,
        kind: 'credential',
        index: 'list',
        value: credentialList(ns, 'key'),
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      for (const { value } of page) if (isKey(value)) views.push(keyView(value, this.#now()));
      after = page.at(-1)?.id;
      if (page.length < PAGE) return views;
    }
  }

  /** Throws not_found for a key of another namespace as for none. */
  async revoke(ns: string, id: KeyId): Promise<KeyView> {
    const found = await this.#credentials.load(id);
    if (found === undefined || found.value.ns !== ns || !isKey(found.value))
      throw new TreelineError('not_found', `there is no key ${id}`);
    await this.#credentials.revoke(id);
    const revoked = await this.#credentials.load(id);
    if (revoked === undefined || !isKey(revoked.value)) throw new TreelineError('not_found', `there is no key ${id}`);
    return keyView(revoked.value, this.#now());
  }

  /**
   * Trades a join token for the runner's own key: both in one commit, so that of any number of callers one gets a key.
   * Earlier keys of the same runner end, since one machine has one identity. Throws unauthenticated when the token is spent.
   */
  async trade(token: Principal & { kind: 'join' }, runner: { id: RunnerId; name: string }): Promise<MadeKey> {
    for (;;) {
      const current = await this.#credentials.load(token.keyId);
      if (current === undefined || endOf(current.value, this.#now()) !== undefined) {
        throw new TreelineError('unauthenticated', 'this join token was used before or has ended; make another one');
      }
      const { credential, secret } = this.#draft({
        ns: token.ns,
        kind: 'runner',
        name: runner.name,
        runnerId: runner.id,
      });
      const { status } = await this.#store.commit({
        ns: SYSTEM_NAMESPACE,
        put: [putCredential({ ...current.value, usedAt: this.#now() }, current.version), putCredential(credential, 0)],
      });
      // A conflict may be no more than a noted use of the token: look again.
      if (status !== 'committed') continue;
      await this.#endOlder(credential);
      return { key: keyView(credential, this.#now()), secret };
    }
  }

  async #endOlder({ id, ns, runnerId }: Credential): Promise<void> {
    if (runnerId === undefined) return;
    const value = runnerIndex(ns, runnerId);
    const keys = await this.#store.list<Credential>({
      ns: SYSTEM_NAMESPACE,
      kind: 'credential',
      index: 'runner',
      value,
      limit: PAGE,
      order: 'desc',
    });
    for (const key of keys) {
      if (key.value.id !== id && endOf(key.value, this.#now()) === undefined)
        await this.#credentials.revoke(key.value.id);
    }
  }

  #draft({ ns, kind, name, runnerId, expiresAt }: NewKey) {
    const id = newId('key', this.#now());
    const secret = newSecret();
    const credential = {
      id,
      ns,
      kind,
      name,
      hash: hashSecret(this.#pepper, id, secret),
      createdAt: this.#now(),
      ...(runnerId === undefined ? {} : { runnerId }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    } satisfies Credential;
    return { credential, secret: formatApiKey({ kind, id: id.slice('key_'.length), secret }) };
  }

  #matches(credential: Credential, parts: ApiKeyParts): boolean {
    if (credential.kind !== parts.kind || credential.hash === undefined) return false;
    return sameHash(credential.hash, hashSecret(this.#pepper, credential.id, parts.secret));
  }
}
