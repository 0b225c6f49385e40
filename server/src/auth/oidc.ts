/**
 * Signing in at another place, by OpenID Connect: authorization code with PKCE, state and nonce. The page of the viewer
 * takes the answer and hands it over, so that nothing happens by a link that somebody was lured to follow.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { TreelineError, type Role } from '@treeline/shared';
import type { Configuration, IDToken } from 'openid-client';
import type { Put } from '../ports/store.ts';
import type { Challenges } from './challenges.ts';
import { DEFAULT_NAMESPACE } from './credential.ts';
import type { Directory } from './directory.ts';
import { isEnabled, type PersonRecord } from './person.ts';
import type { SignedIn } from './sign-in.ts';
import type { SignIns, Visit } from './sign-ins.ts';
import type { Throttle } from './throttle.ts';

const SCOPE = 'openid email profile';
/** Of one request to the provider. */
const TIMEOUT_S = 10;

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecretFile: string;
  /** How people call the provider. */
  readonly name: string;
  /** E-mail addresses that the provider has verified, or subjects. */
  readonly allow: readonly string[];
  /** Of whoever comes in for the first time. */
  readonly role: Role;
}

/** What the browser's answer is checked against. */
export interface Flow {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface OidcOptions {
  readonly settings: OidcSettings;
  readonly directory: Directory;
  readonly signIns: SignIns;
  readonly flows: Challenges<Flow>;
  readonly attempts: Throttle;
  readonly publicUrl: () => string;
}

interface Identity {
  readonly subject: string;
  /** Undefined unless the provider says that it is theirs. */
  readonly email: string | undefined;
}

export class Oidc {
  readonly #options: OidcOptions;
  readonly #secret: string;
  #discovered: Promise<Configuration> | undefined;

  private constructor(options: OidcOptions, secret: string) {
    this.#options = options;
    this.#secret = secret;
  }

  /** Reads the secret; the provider itself is asked at the first sign-in. Rejects when the file cannot be read. */
  static async open(options: OidcOptions): Promise<Oidc> {
    const { clientSecretFile: file } = options.settings;
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new TreelineError('bad_request', `The setting oidc.clientSecretFile is not valid: ${why}`, { cause });
    });
    const secret = text.trim();
    if (secret === '') throw new TreelineError('bad_request', `The setting oidc.clientSecretFile: ${file} is empty`);
    return new Oidc(options, secret);
  }

  get name(): string {
    return this.#options.settings.name;
  }

  /** Throws unavailable when the provider cannot be reached. */
  async begin(): Promise<{ flow: string; url: string }> {
    const { flows } = this.#options;
    const client = await import('openid-client');
    const provider = await this.#provider();
    const flow: Flow = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      codeVerifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(provider, {
      redirect_uri: this.#redirectUri(),
      scope: SCOPE,
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(flow.codeVerifier),
      code_challenge_method: 'S256',
    });
    return { flow: await flows.keep(flow), url: url.href };
  }

  /**
   * Throws unauthenticated for an answer that does not fit the flow, forbidden for one who is not let in or is disabled,
   * rate_limited after too many of both.
   */
  async finish({ flow: id, query }: { flow: string; query: string }, visit: Visit): SignedIn {
    const { flows, attempts, signIns, settings } = this.#options;
    await attempts.count(visit.address);
    const identity = await this.#identify(await flows.take(id), query);
    const person = this.#isAllowed(identity) ? await this.#personOf(identity) : undefined;
    if (person === undefined || !isEnabled(person.record))
      throw new TreelineError('forbidden', `${settings.name} knows you, but nobody has let you in here`);
    await attempts.forgive(visit.address);
    return signIns.start(person.record, visit, { put: person.put });
  }

  #isAllowed({ subject, email }: Identity): boolean {
    const allowed = this.#options.settings.allow.map((one) => one.toLowerCase());
    return this.#options.settings.allow.includes(subject) || (email !== undefined && allowed.includes(email));
  }

  async #identify({ state, nonce, codeVerifier }: Flow, query: string): Promise<Identity> {
    const client = await import('openid-client');
    const provider = await this.#provider();
    const answer = new URL(this.#redirectUri());
    answer.search = query;
    try {
      const tokens = await client.authorizationCodeGrant(provider, answer, {
        pkceCodeVerifier: codeVerifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims() as IDToken;
      const said =
        claims.email === undefined ? await client.fetchUserInfo(provider, tokens.access_token, claims.sub) : claims;
      const email =
        said.email_verified === true && typeof said.email === 'string' ? said.email.toLowerCase() : undefined;
      return { subject: claims.sub, email };
    } catch (cause) {
      const { name } = this.#options.settings;
      throw new TreelineError('unauthenticated', `${name} did not confirm this sign-in; begin again`, { cause });
    }
  }

  /** Who this is, and what makes them when they come for the first time. */
  async #personOf({ subject, email }: Identity): Promise<{ record: PersonRecord; put: Put[] }> {
    const { directory, settings } = this.#options;
    const oidc = `${settings.issuer} ${subject}`;
    const known = await directory.byOidc(oidc);
    if (known !== undefined) return { record: known, put: [] };
    const wanted = (email ?? subject).slice(0, 40);
    const isTaken = (await directory.byName(DEFAULT_NAMESPACE, wanted)) !== undefined;
    // Somebody else may have that name here; they are not the same only because of it.
    const name = isTaken ? `${wanted} (${settings.name})`.slice(0, 63) : wanted;
    const { person, put } = directory.draft({ ns: DEFAULT_NAMESPACE, name, role: settings.role, oidc });
    // Of two first sign-ins at the same time one makes the person.
    const once = `oidc:${createHash('sha256').update(oidc).digest('hex')}`;
    return { record: person, put: [...put, { kind: 'person', id: once, expect: 0, value: { personId: person.id } }] };
  }

  #redirectUri(): string {
    return `${this.#options.publicUrl()}/oidc`;
  }

  #provider(): Promise<Configuration> {
    const discovered = (this.#discovered ??= this.#discover());
    discovered.catch(() => {
      if (this.#discovered === discovered) this.#discovered = undefined;
    });
    return discovered;
  }

  async #discover(): Promise<Configuration> {
    const { issuer, clientId, name } = this.#options.settings;
    const client = await import('openid-client');
    const [basic, post] = [client.ClientSecretBasic(this.#secret), client.ClientSecretPost(this.#secret)];
    const url = new URL(issuer);
    try {
      return await client.discovery(
        url,
        clientId,
        undefined,
        (server, ...rest) => {
          const isBasic = server.token_endpoint_auth_methods_supported?.includes('client_secret_basic') ?? true;
          return (isBasic ? basic : post)(server, ...rest);
        },
        // The configuration allows http on loopback alone.
        { timeout: TIMEOUT_S, execute: url.protocol === 'http:' ? [client.allowInsecureRequests] : [] },
      );
    } catch (cause) {
      throw new TreelineError('unavailable', `${name} cannot be reached right now`, { cause });
    }
  }
}
