/**
 * The tokens in a browser's cookies: JWTs that name a sign-in's record. The access token is shown with each request and
 * short-lived; the refresh token carries the number of its rotation, so that an old one is known when it comes again.
 */
import type { KeyId } from '@treeline/shared';
import type { JWTPayload } from 'jose';
import { ALGORITHM, type SigningKeys, type TokenUse } from './signing-keys.ts';

const ISSUER = 'treeline';
const AUDIENCE = { access: 'treeline/viewer', refresh: 'treeline/refresh' } as const satisfies Record<TokenUse, string>;

export interface Refresh {
  readonly signIn: KeyId;
  /** Number of the rotation that made it. */
  readonly turn: number;
}

export class Tokens {
  readonly #keys: SigningKeys;
  readonly #now: () => number;

  constructor({ keys, now }: { readonly keys: SigningKeys; readonly now: () => number }) {
    this.#keys = keys;
    this.#now = now;
  }

  issueAccess({ signIn, expiresAt }: { signIn: KeyId; expiresAt: number }): Promise<string> {
    return this.#issue('access', { sub: signIn }, expiresAt);
  }

  issueRefresh({ signIn, turn, expiresAt }: Refresh & { expiresAt: number }): Promise<string> {
    return this.#issue('refresh', { sub: signIn, turn }, expiresAt);
  }

  /** The sign-in that an access token names, or undefined when it is not ours, not well-formed or too old. */
  async access(token: string): Promise<KeyId | undefined> {
    return subjectOf(await this.#verify('access', token));
  }

  async refresh(token: string): Promise<Refresh | undefined> {
    const payload = await this.#verify('refresh', token);
    const signIn = subjectOf(payload);
    const turn = payload?.['turn'];
    return signIn === undefined || typeof turn !== 'number' ? undefined : { signIn, turn };
  }

  async #issue(use: TokenUse, claims: JWTPayload, expiresAt: number): Promise<string> {
    const { SignJWT } = await import('jose');
    const { kid, privateKey } = await this.#keys.signing();
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid, typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE[use])
      .setIssuedAt(Math.floor(this.#now() / 1000))
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .sign(privateKey);
  }

  async #verify(use: TokenUse, token: string): Promise<JWTPayload | undefined> {
    const { jwtVerify, errors } = await import('jose');
    const unknownKey = new errors.JWSSignatureVerificationFailed();
    try {
      const { payload } = await jwtVerify(
        token,
        async ({ kid }) => {
          const key = await this.#keys.verifying(kid, use);
          if (key === undefined) throw unknownKey;
          return key;
        },
        {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE[use],
          requiredClaims: ['sub', 'exp'],
          currentDate: new Date(this.#now()),
        },
      );
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}

function subjectOf(payload: JWTPayload | undefined): KeyId | undefined {
  return payload?.sub?.startsWith('key_') === true ? (payload.sub as KeyId) : undefined;
}
