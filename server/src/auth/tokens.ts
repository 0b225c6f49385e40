/** The token in a browser's cookie: a JWT that names a sign-in's record. One algorithm, one key pair, kept in the store. */
import type { KeyId } from '@treeline/shared';
import type { CryptoKey, JWK } from 'jose';
import type { Store } from '../ports/store.ts';
import type { Credential } from './credential.ts';
import { storedSecret } from './stored-secret.ts';

const ALGORITHM = 'EdDSA';
const ISSUER = 'treeline';
const AUDIENCE = 'treeline/viewer';

interface StoredPair {
  readonly kid: string;
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
}

interface Pair {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

export class Tokens {
  readonly #store: Store;
  readonly #now: () => number;
  #pair: Promise<Pair> | undefined;

  constructor({ store, now }: { readonly store: Store; readonly now: () => number }) {
    this.#store = store;
    this.#now = now;
  }

  async issue(signIn: Credential & { expiresAt: number }): Promise<string> {
    const { SignJWT } = await import('jose');
    const { kid, privateKey } = await this.#load();
    return new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM, kid })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(signIn.id)
      .setIssuedAt(Math.floor(this.#now() / 1000))
      .setExpirationTime(Math.floor(signIn.expiresAt / 1000))
      .sign(privateKey);
  }

  /** The sign-in that a token names, or undefined when it is not ours, not well-formed or too old. */
  async verify(token: string): Promise<KeyId | undefined> {
    const { jwtVerify, errors } = await import('jose');
    const { kid, publicKey } = await this.#load();
    try {
      const { payload, protectedHeader } = await jwtVerify(token, publicKey, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'exp'],
        currentDate: new Date(this.#now()),
      });
      return protectedHeader.kid === kid && payload.sub?.startsWith('key_') === true
        ? (payload.sub as KeyId)
        : undefined;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  #load(): Promise<Pair> {
    this.#pair ??= this.#open().catch((error: unknown) => {
      this.#pair = undefined;
      throw error;
    });
    return this.#pair;
  }

  async #open(): Promise<Pair> {
    const { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } = await import('jose');
    const { kid, privateJwk, publicJwk } = await storedSecret<StoredPair>(this.#store, 'sign-in-key', async () => {
      const pair = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
      const publicPart = await exportJWK(pair.publicKey);
      return {
        kid: await calculateJwkThumbprint(publicPart),
        privateJwk: await exportJWK(pair.privateKey),
        publicJwk: publicPart,
      };
    });
    const [privateKey, publicKey] = await Promise.all([
      importJWK(privateJwk, ALGORITHM),
      importJWK(publicJwk, ALGORITHM),
    ]);
    if (privateKey instanceof Uint8Array || publicKey instanceof Uint8Array)
      throw new Error('the stored sign-in key is not a key pair');
    return { kid, privateKey, publicKey };
  }
}
