/** From what a request or handshake carries to who it is. */
import { TreelineError } from '@treeline/shared';
import { scopesOf, type Principal } from '../domain/principal.ts';
import { readCookie, type CookieRules } from './cookie.ts';
import { principalOf, type Credential } from './credential.ts';
import type { Credentials } from './credentials.ts';
import type { Directory } from './directory.ts';
import type { Keys } from './keys.ts';
import { isOwnOrigin, type OriginRules } from './origin.ts';
import type { Throttle } from './throttle.ts';
import type { Tokens } from './tokens.ts';

/** What a caller showed. */
export interface Evidence {
  /** A key's text. It wins over a cookie. */
  readonly key?: string | undefined;
  /** The Cookie header. */
  readonly cookie?: string | undefined;
  readonly origin?: string | undefined;
  readonly host?: string | undefined;
  /** For the throttle. */
  readonly address: string;
  /** It may change something, so that a cookie alone does not prove that our own page sent it. */
  readonly changes: boolean;
}

export interface AuthenticatorOptions {
  readonly keys: Keys;
  readonly tokens: Tokens;
  readonly credentials: Credentials;
  readonly directory: Directory;
  readonly cookie: CookieRules;
  readonly origins: OriginRules;
  readonly failures: Throttle;
}

export class Authenticator {
  readonly #options: AuthenticatorOptions;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /**
   * Who this is; undefined when nothing was shown. Throws unauthenticated for what is not valid, forbidden for a page of
   * another origin, rate_limited for too many failures.
   */
  async identify(evidence: Evidence): Promise<Principal | undefined> {
    this.checkOrigin(evidence);
    if (evidence.key !== undefined) {
      const credential = await this.#options.keys.verify(evidence.key);
      const principal = credential && (await this.#principalOf(credential));
      if (principal !== undefined) return principal;
      await this.#options.failures.count(evidence.address);
      throw new TreelineError('unauthenticated', await this.#whyNotValid(evidence.key));
    }
    const token = readCookie(this.#options.cookie.names.access, evidence.cookie);
    if (token === undefined) return undefined;
    if (evidence.changes && evidence.origin === undefined) {
      throw new TreelineError('forbidden', 'a request with a cookie that changes something must name its Origin');
    }
    const person = await this.#person(token);
    if (person === undefined) throw new TreelineError('unauthenticated', 'the sign-in is over; sign in again');
    return person;
  }

  /** Throws forbidden for a request that changes something and comes from a page that is not ours. */
  checkOrigin({ origin, host, changes }: Pick<Evidence, 'origin' | 'host' | 'changes'>): void {
    if (origin === undefined || !changes || isOwnOrigin(this.#options.origins, origin, host)) return;
    throw new TreelineError('forbidden', `a page of ${origin.slice(0, 200)} may not do this here`);
  }

  /** Whether the credential behind a connection still works, and for the same rights as when it was opened. */
  async stillValid(principal: Principal): Promise<boolean> {
    if (!('keyId' in principal)) return true;
    const credential = await this.#options.credentials.live(principal.keyId);
    const now = credential && (await this.#principalOf(credential));
    return now !== undefined && rights(now) === rights(principal);
  }

  /** One runner never shows a key that it has renewed, so whoever does has a copy: of this a line in the audit tells. */
  async #whyNotValid(key: string): Promise<string> {
    const renewed = await this.#options.keys.renewed(key);
    return renewed === undefined
      ? 'the key is not valid: unknown, mistyped or ended'
      : `the key is not valid any more: the runner ${renewed.name} has renewed it, so two machines had it, or this one was put back from a backup`;
  }

  async #person(token: string): Promise<Principal | undefined> {
    const { tokens, credentials } = this.#options;
    const keyId = await tokens.access(token);
    const signIn = keyId && (await credentials.live(keyId));
    return signIn?.kind === 'sign_in' ? this.#principalOf(signIn) : undefined;
  }

  /** Nobody, for what belongs to a person who is disabled. */
  async #principalOf(credential: Credential): Promise<Principal | undefined> {
    const { personId } = credential;
    if (personId === undefined) return principalOf(credential, undefined);
    const person = await this.#options.directory.enabled(personId);
    return person && principalOf(credential, person);
  }
}

function rights(principal: Principal): string {
  return JSON.stringify([principal.kind, principal.ns, principal.name, scopesOf(principal)]);
}
