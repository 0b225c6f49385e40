/** Keys and join tokens: made, verified, listed, ended. The store holds an HMAC of each secret and never the secret. */
import {
  formatApiKey,
  newId,
  parseApiKey,
  SCOPES,
  TreelineError,
  type ApiKeyParts,
  type KeyId,
  type KeyKind,
  type KeyView,
  type PersonId,
  type Scope,
} from '@treeline/shared';
import { randomBytes } from 'node:crypto';
import type { Call } from '../domain/audit.ts';
import { scopesOf, type Principal } from '../domain/principal.ts';
import type { Store, Stored } from '../ports/store.ts';
import { commitTold } from '../services/audit/attest.ts';
import {
  credentialList,
  endOf,
  hashSecret,
  isKey,
  keyView,
  newSecret,
  sameHash,
  SYSTEM_NAMESPACE,
  type Credential,
  type KeyCredential,
} from './credential.ts';
import { putCredential, type Credentials } from './credentials.ts';
import { storedSecret } from './stored-secret.ts';

export type NewKey = Pick<
  Credential,
  'ns' | 'name' | 'runnerId' | 'replaces' | 'scopes' | 'personId' | 'sessionId' | 'tree'
> & {
  readonly kind: KeyKind;
  readonly expiresAt?: number | undefined;
};

/** What somebody asks for. */
export interface KeyRequest {
  readonly kind: 'user' | 'join' | 'hook';
  readonly name: string;
  readonly scopes?: readonly Scope[] | undefined;
  readonly expiresInMs?: number | undefined;
}

type Maker = Extract<Principal, { kind: 'person' | 'key' }>;

export interface MadeKey {
  readonly key: KeyView;
  /** The key's text: shown once, kept nowhere. */
  readonly secret: string;
}

export interface KeysOptions {
  readonly store: Store;
  readonly credentials: Credentials;
  readonly now: () => number;
  readonly times: KeyTimes;
}

/** All in milliseconds. */
export interface KeyTimes {
  readonly joinTokenMs: number;
  readonly rotationGraceMs: number;
}

export class Keys {
  readonly #store: Store;
  readonly #credentials: Credentials;
  readonly #now: () => number;
  readonly #times: KeyTimes;
  readonly #pepper: string;

  private constructor({ store, credentials, now, times }: KeysOptions, pepper: string) {
    this.#store = store;
    this.#credentials = credentials;
    this.#now = now;
    this.#times = times;
    this.#pepper = pepper;
  }

  static async open(options: KeysOptions): Promise<Keys> {
    const pepper = await storedSecret(options.store, 'key-pepper', () => randomBytes(32).toString('base64'));
    return new Keys(options, pepper);
  }

  /**
   * Makes a key or a join token for its maker's own namespace. It is never stronger than its maker: it has no scope that
   * the maker has not, and lives no longer than a key that makes it.
   */
  async create(by: Maker, request: KeyRequest): Promise<MadeKey> {
    const { kind, name } = request;
    const scopes = kind === 'join' ? undefined : kind === 'hook' ? HOOK_SCOPES : (request.scopes ?? scopesOf(by));
    mustHave(by, scopes ?? ['runners']);
    const lifetime = request.expiresInMs ?? (kind === 'join' ? this.#times.joinTokenMs : undefined);
    const wanted = lifetime === undefined ? undefined : this.#now() + lifetime;
    const bound = await this.#boundOf(by);
    const expiresAt = bound === Infinity ? wanted : Math.min(bound, wanted ?? bound);
    const personId = ownerOf(by);
    return this.make({ ns: by.ns, kind, name, expiresAt, ...present({ scopes, personId }) }, by.call);
  }

  /** Makes a key for the relay itself to hand out, or for the caller. */
  async make(request: NewKey, call?: Call): Promise<MadeKey> {
    const at = this.#now();
    const { credential, secret } = this.draft({ ...request, at });
    const unit = { ns: SYSTEM_NAMESPACE, put: [putCredential(credential, 0)] };
    const { status } = await commitTold(this.#store, unit, { call, now: at });
    if (status !== 'committed') throw new TreelineError('unavailable', `the key could not be stored: ${status}`);
    return { key: keyView(credential, at), secret };
  }

  /** The record of a key's text, or undefined when it is mistyped, unknown or has ended. */
  async verify(text: string): Promise<Credential | undefined> {
    const parts = parseApiKey(text);
    if (parts === undefined) return undefined;
    const credential = await this.#credentials.live(`key_${parts.id}`);
    // An unknown id costs what a known one does.
    if (!this.#matches(credential ?? NOBODY, parts) || credential === undefined) return undefined;
    this.#credentials.touch(credential);
    return credential;
  }

  /** The runner's key that this text was, when its runner has the next one since. Whoever has not all of it learns nothing. */
  async renewed(text: string): Promise<Credential | undefined> {
    const parts = parseApiKey(text);
    if (parts?.kind !== 'runner') return undefined;
    const found = (await this.#credentials.load(`key_${parts.id}`))?.value;
    const isIt = this.#matches(found ?? NOBODY, parts) && found?.revokedAt !== undefined;
    return isIt && found.replacedBy !== undefined ? found : undefined;
  }

  /** Keys and join tokens that the caller may manage, oldest first, ended ones included. */
  async list(by: Maker): Promise<KeyView[]> {
    const views: KeyView[] = [];
    const all = this.#credentials.all({ index: 'list', value: credentialList(by.ns, 'key') });
    for await (const key of all) if (isKey(key) && mayManage(by, key)) views.push(keyView(key, this.#now()));
    return views;
  }

  /** Throws not_found for a key of somebody else or of another namespace as for none, forbidden for a stronger one. */
  async revoke(by: Maker, id: KeyId): Promise<KeyView> {
    await this.#manageable(by, id);
    await this.#credentials.revoke(id, by.call);
    return keyView((await this.#manageable(by, id)).value, this.#now());
  }

  /**
   * Makes a key that takes the place of this one, with its name, scopes and end. The old one works for the grace, or ends
   * at once. Throws conflict for one that has ended or was replaced before, forbidden for one that outlives the caller's.
   */
  async rotate(by: Maker, id: KeyId, { endNow }: { endNow: boolean }): Promise<MadeKey> {
    const now = this.#now();
    for (;;) {
      const current = await this.#manageable(by, id);
      const old = current.value;
      if (old.kind !== 'user' && old.kind !== 'hook')
        throw new TreelineError(
          'bad_request',
          'runners change their keys by themselves, and a join token is used once',
        );
      if (endOf(old, now) !== undefined || old.replacedBy !== undefined)
        throw new TreelineError('conflict', `the key ${id} has ended or was replaced before`);
      if ((await this.#boundOf(by)) < (old.expiresAt ?? Infinity))
        throw new TreelineError('forbidden', 'this key ends before the one that it would replace');
      const { ns, kind, name, scopes, personId, expiresAt } = old;
      const { credential, secret } = this.draft({
        at: now,
        ns,
        kind,
        name,
        expiresAt,
        ...present({ scopes, personId }),
      });
      const last = Math.min(old.expiresAt ?? Infinity, now + this.#times.rotationGraceMs);
      const replaced = { ...old, replacedBy: credential.id, ...(endNow ? { revokedAt: now } : { expiresAt: last }) };
      const put = [putCredential(replaced, current.version), putCredential(credential, 0)];
      const { status } = await commitTold(this.#store, { ns: SYSTEM_NAMESPACE, put }, { call: by.call, now });
      if (status !== 'committed') continue;
      if (endNow) await this.#credentials.revoke(id);
      return { key: keyView(credential, now), secret };
    }
  }

  /** When what it makes ends at the latest. A browser's sign-in is short by nature; what a person makes in it is meant to stay. */
  async #boundOf(by: Maker): Promise<number> {
    return (by.kind === 'key' ? (await this.#credentials.live(by.keyId))?.expiresAt : undefined) ?? Infinity;
  }

  async #manageable(by: Maker, id: KeyId): Promise<Stored<KeyCredential>> {
    const found = await this.#credentials.load(id);
    if (found === undefined || found.value.ns !== by.ns || !isKey(found.value) || !mayManage(by, found.value))
      throw new TreelineError('not_found', `there is no key ${id}`);
    mustHave(by, found.value.kind === 'user' ? (found.value.scopes ?? SCOPES) : []);
    return { ...found, value: found.value };
  }

  /** A key made `at` a time, that is not stored yet, and its text. */
  draft({ at, expiresAt, ...rest }: NewKey & { at: number }): { credential: KeyCredential; secret: string } {
    const id = newId('key', at);
    const secret = newSecret();
    const hash = hashSecret(this.#pepper, id, secret);
    const credential: KeyCredential = { ...rest, id, hash, createdAt: at, ...present({ expiresAt }) };
    return { credential, secret: formatApiKey({ kind: rest.kind, id: id.slice('key_'.length), secret }) };
  }

  #matches(credential: Credential, parts: ApiKeyParts): boolean {
    if (credential.kind !== parts.kind || credential.hash === undefined) return false;
    return sameHash(credential.hash, hashSecret(this.#pepper, credential.id, parts.secret));
  }
}

/** A hook key starts sessions and tells them; it sees nothing. */
const HOOK_SCOPES: readonly Scope[] = ['start'];
const NOBODY: Credential = { id: 'key_', ns: '', kind: 'user', name: '', hash: '0'.repeat(64), createdAt: 0 };

function ownerOf(by: Maker): PersonId | undefined {
  return by.kind === 'person' ? by.id : by.personId;
}

/** One's own; machines with the scope for them; everybody's with the scope for people. */
function mayManage(by: Maker, { id, kind, personId }: Credential): boolean {
  const has = scopesOf(by);
  if (kind === 'share') return false;
  if (kind === 'runner' || kind === 'join') return has.includes('runners');
  return has.includes('people') || id === by.keyId || (personId !== undefined && personId === ownerOf(by));
}

function mustHave(by: Maker, scopes: readonly Scope[]): void {
  const missing = scopes.find((scope) => !scopesOf(by).includes(scope));
  if (missing !== undefined)
    throw new TreelineError('forbidden', `this needs the scope ${missing}, which the caller does not have`);
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Present<T>;
}
