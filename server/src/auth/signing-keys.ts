/**
 * The key pairs that sign cookies: one signs, earlier ones are still believed for a while. Kept in the store, so that all
 * relays on it agree; a relay looks again by hint, every few seconds, and when it meets a key that it does not know.
 */
import type { CryptoKey, JWK } from 'jose';
import type { Call } from '../domain/audit.ts';
import type { Hints } from '../ports/hints.ts';
import type { Store } from '../ports/store.ts';
import { commitTold } from '../services/audit/attest.ts';
import { SYSTEM_NAMESPACE } from './credential.ts';

export const ALGORITHM = 'EdDSA';
const REF = { kind: 'setting', id: 'signing-keys' } as const;
const LOOK_EVERY_MS = 10_000;
const TRIES = 10;

/** access: what is shown with each request. refresh: what fetches the next. */
export type TokenUse = 'access' | 'refresh';

interface StoredPair {
  readonly kid: string;
  /** Gone when the pair signs no longer. */
  readonly privateJwk?: JWK;
  readonly publicJwk: JWK;
  /** Set when another pair signs: until when what it signed counts. */
  readonly until?: Readonly<Record<TokenUse, number>>;
}

interface Ring {
  readonly version: number;
  readonly readAt: number;
  readonly pairs: readonly (StoredPair & { readonly publicKey: CryptoKey })[];
  readonly signing: { readonly kid: string; readonly privateKey: CryptoKey };
}

export interface SigningKeysOptions {
  readonly store: Store;
  readonly hints: Hints;
  readonly now: () => number;
  /** How long what a pair has signed may be shown, ms. */
  readonly lifetimes: Readonly<Record<TokenUse, number>>;
}

export class SigningKeys {
  readonly #options: SigningKeysOptions;
  #ring: Promise<Ring> | undefined;
  readonly stop: () => void;

  constructor(options: SigningKeysOptions) {
    this.#options = options;
    this.stop = options.hints.listen((hint) => {
      if (hint.type === 'signing_keys' || hint.type === 'lapsed') this.#ring = undefined;
    });
  }

  async signing(): Promise<Ring['signing']> {
    return (await this.#load()).signing;
  }

  /** The public key of a token's `kid`, if what it signed for this use still counts. */
  async verifying(kid: string | undefined, use: TokenUse): Promise<CryptoKey | undefined> {
    const known = async () => (await this.#load()).pairs.find((pair) => pair.kid === kid);
    let pair = await known();
    if (pair === undefined && kid !== undefined && (await this.#isOlderThan(1_000))) {
      this.#ring = undefined;
      pair = await known();
    }
    if (pair === undefined) return undefined;
    return pair.until === undefined || pair.until[use] > this.#options.now() ? pair.publicKey : undefined;
  }

  /** Makes a new pair that signs from now on, and returns its kid. With `endNow`, what others signed counts no longer. */
  async rotate({ endNow, call }: { endNow: boolean; call?: Call | undefined }): Promise<string> {
    const { store, hints, now, lifetimes } = this.#options;
    await this.#load();
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const current = await store.get<StoredPair[]>(SYSTEM_NAMESPACE, REF);
      const fresh = await makePair();
      const until = { access: now() + lifetimes.access, refresh: now() + lifetimes.refresh };
      const earlier = (endNow ? [] : (current?.value ?? []))
        .map(({ privateJwk: _gone, ...pair }) => ({ until, ...pair }))
        .filter((pair) => pair.until.refresh > now());
      const put = [{ ...REF, expect: current?.version ?? 0, value: [fresh, ...earlier] }];
      const { status } = await commitTold(store, { ns: SYSTEM_NAMESPACE, put }, { call, now: now() });
      if (status !== 'committed') continue;
      this.#ring = undefined;
      hints.emit({ ns: SYSTEM_NAMESPACE, type: 'signing_keys' });
      return fresh.kid;
    }
    throw new Error('the signing keys could not be changed: others change them at the same time');
  }

  async #isOlderThan(ms: number): Promise<boolean> {
    return this.#options.now() - (await this.#load()).readAt > ms;
  }

  async #load(): Promise<Ring> {
    const ring = this.#ring;
    if (ring !== undefined && this.#options.now() - (await ring).readAt < LOOK_EVERY_MS) return ring;
    const opened = this.#open();
    this.#ring = opened;
    opened.catch(() => {
      if (this.#ring === opened) this.#ring = undefined;
    });
    return opened;
  }

  async #open(): Promise<Ring> {
    const { store, now } = this.#options;
    const readAt = now();
    let found = await store.get<StoredPair[]>(SYSTEM_NAMESPACE, REF);
    if (found === undefined) {
      await store.commit({ ns: SYSTEM_NAMESPACE, put: [{ ...REF, expect: 0, value: [await makePair()] }] });
      found = await store.get<StoredPair[]>(SYSTEM_NAMESPACE, REF);
    }
    const signing = found?.value[0];
    if (found === undefined || signing?.privateJwk === undefined)
      throw new Error('the signing keys could neither be made nor read');
    return {
      version: found.version,
      readAt,
      pairs: await Promise.all(
        found.value.map(async (pair) => ({ ...pair, publicKey: await importKey(pair.publicJwk) })),
      ),
      signing: { kid: signing.kid, privateKey: await importKey(signing.privateJwk) },
    };
  }
}

async function makePair(): Promise<StoredPair> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await import('jose');
  const pair = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  return { kid: await calculateJwkThumbprint(publicJwk), privateJwk: await exportJWK(pair.privateKey), publicJwk };
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const { importJWK } = await import('jose');
  const key = await importJWK(jwk, ALGORITHM);
  if (key instanceof Uint8Array) throw new Error('a stored signing key is not a key pair');
  return key;
}
