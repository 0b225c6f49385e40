/** Signing people in and out: a one-time code becomes a cookie, whose sign-in can be ended like any credential. */
import type { Principal } from '../domain/principal.ts';
import { setCookie, type CookieRules } from './cookie.ts';
import type { Credentials } from './credentials.ts';
import type { SignInCodes } from './sign-in-codes.ts';
import type { Throttle } from './throttle.ts';
import type { Tokens } from './tokens.ts';

export interface PeopleOptions {
  readonly codes: SignInCodes;
  readonly tokens: Tokens;
  readonly credentials: Credentials;
  readonly cookie: CookieRules;
  readonly throttle: Throttle;
  readonly now: () => number;
}

export interface SignInAttempt {
  readonly code: string;
  readonly address: string;
  /** Takes the value of Set-Cookie. */
  readonly setCookie: (header: string) => void;
}

export class People {
  readonly #options: PeopleOptions;

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  /** A code that signs somebody in with the maker's name, for no longer than the maker's own key lives. */
  async createCode(by: Principal): Promise<{ code: string; expiresAt: number }> {
    const maker = by.kind === 'key' ? await this.#options.credentials.live(by.keyId) : undefined;
    return this.#options.codes.create({ ns: by.ns, name: by.name, signInUntil: maker?.expiresAt });
  }

  /** Throws unauthenticated for a wrong code, rate_limited after too many of them. */
  async signIn(attempt: SignInAttempt): Promise<{ name: string; expiresAt: number }> {
    const { codes, tokens, cookie, throttle, now } = this.#options;
    await throttle.count(attempt.address);
    const signIn = await codes.trade(attempt.code);
    await throttle.forgive(attempt.address);
    attempt.setCookie(setCookie(cookie, { token: await tokens.issue(signIn), maxAgeMs: signIn.expiresAt - now() }));
    return { name: signIn.name, expiresAt: signIn.expiresAt };
  }

  /** Ends the sign-in everywhere and clears the cookie. A key is not a sign-in and stays. */
  async signOut(by: Principal, clearCookie: (header: string) => void): Promise<void> {
    clearCookie(setCookie(this.#options.cookie));
    if (by.kind === 'person') await this.#options.credentials.revoke(by.keyId);
  }
}
