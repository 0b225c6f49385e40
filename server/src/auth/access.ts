/** Everything that decides who comes in, put together over one store. */
import type { Api, EndpointResponse, KeyId, PersonId } from '@treeline/shared';
import type { RelayConfig } from '../config.ts';
import { scopesOf, type Principal } from '../domain/principal.ts';
import type { Hints } from '../ports/hints.ts';
import type { Store } from '../ports/store.ts';
import { Authenticator } from './authenticator.ts';
import { cookieRules, type CookieRules } from './cookie.ts';
import { Credentials } from './credentials.ts';
import { Directory } from './directory.ts';
import { Keys } from './keys.ts';
import { Challenges } from './challenges.ts';
import { Oidc, type Flow } from './oidc.ts';
import type { OriginRules } from './origin.ts';
import { Passkeys, type Challenge } from './passkeys.ts';
import type { Passwords } from './passwords.ts';
import { People } from './people.ts';
import { RunnerKeys } from './runner-keys.ts';
import { Shares } from './shares.ts';
import { SignInCodes } from './sign-in-codes.ts';
import { SignIn } from './sign-in.ts';
import { SignIns } from './sign-ins.ts';
import { SigningKeys } from './signing-keys.ts';
import { failureThrottle, guessThrottle, signInThrottle } from './throttle.ts';
import { Tokens } from './tokens.ts';

type Me = Omit<EndpointResponse<Api['whoAmI']>, 'version' | 'relayId' | 'volatile'>;

export interface Access {
  readonly authenticator: Authenticator;
  readonly keys: Keys;
  readonly runnerKeys: RunnerKeys;
  readonly signIn: SignIn;
  readonly signIns: SignIns;
  readonly people: People;
  readonly passkeys: Passkeys;
  readonly shares: Shares;
  readonly cookie: CookieRules;
  /** Absent unless it is configured. */
  readonly oidc: Oidc | undefined;
  /** What a caller may know of its own credential. */
  readonly describe: (by: Extract<Principal, { kind: 'person' | 'key' | 'share' }>) => Promise<Me>;
  /** The credential was ended, or is forgotten. */
  readonly isRevoked: (keyId: KeyId) => Promise<boolean>;
  /** Whether a person may no longer sign in. */
  readonly isDisabled: (id: PersonId) => Promise<boolean>;
  /** With `endNow`, signs everybody of the namespace out. */
  readonly rotateSigningKeys: (
    by: Pick<Principal, 'ns' | 'call'>,
    how: { endNow: boolean },
  ) => Promise<{ keyId: string; signedOut: number }>;
  readonly stop: () => void;
}

export interface AccessOptions {
  readonly store: Store;
  readonly hints: Hints;
  readonly now: () => number;
  readonly config: Pick<RelayConfig, 'times' | 'ownerName' | 'edge' | 'oidc'>;
  readonly publicUrl: string;
  readonly passwords: Passwords;
  readonly origins: OriginRules;
  /** Hears of what failed and does not matter to whoever asked. */
  readonly onError: (error: unknown) => void;
}

export async function openAccess(options: AccessOptions): Promise<Access> {
  const { store, hints, now, config, origins, passwords, onError } = options;
  const { times, ownerName } = config;
  const publicUrl = () => options.publicUrl;
  const credentials = new Credentials({ store, hints, now, onError });
  const directory = new Directory({ store, hints, now });
  const keys = await Keys.open({ store, credentials, now, times });
  const lifetimes = { access: times.accessMs, refresh: times.signInMs };
  const signingKeys = new SigningKeys({ store, hints, now, lifetimes });
  const tokens = new Tokens({ keys: signingKeys, now });
  const codes = await SignInCodes.open({ store, now, codeMs: times.setupCodeMs });
  const cookie = cookieRules(options.publicUrl);
  const signIns = new SignIns({ store, credentials, tokens, cookie, now, times });
  const attempts = signInThrottle();
  const signIn = new SignIn({ directory, codes, passwords, signIns, attempts, guesses: guessThrottle(), ownerName });
  const people = new People({
    passwords,
    directory,
    codes,
    signIns,
    credentials,
    publicUrl,
    now,
    invitationMs: times.invitationMs,
  });
  const flows = new Challenges<Flow>({ store, now, of: 'oidc' });
  const oidc =
    config.oidc && (await Oidc.open({ settings: config.oidc, directory, signIns, flows, attempts, publicUrl }));
  const failures = failureThrottle(config.edge.failuresOfAddress);
  return {
    authenticator: new Authenticator({ keys, tokens, credentials, directory, cookie, origins, failures }),
    keys,
    runnerKeys: new RunnerKeys({ store, keys, credentials, now, lifeMs: times.runnerKeyMs }),
    signIn,
    signIns,
    people,
    passkeys: new Passkeys({
      directory,
      signIns,
      attempts,
      now,
      challenges: new Challenges<Challenge>({ store, now, of: 'passkey' }),
    }),
    shares: new Shares({ keys, credentials, publicUrl, now, shareMs: times.shareMs }),
    cookie,
    oidc,
    async describe(by) {
      const { name, kind, keyId } = by;
      const me = { name, kind, keyId, scopes: [...scopesOf(by)] };
      if (by.kind === 'person')
        return { ...me, personId: by.id, role: by.role, hasPassword: await people.hasPassword(by.id) };
      return by.kind === 'key' && by.personId !== undefined ? { ...me, personId: by.personId } : me;
    },
    async isRevoked(keyId) {
      const found = await credentials.load(keyId);
      return found === undefined || found.value.revokedAt !== undefined;
    },
    async isDisabled(id) {
      return (await directory.enabled(id)) === undefined;
    },
    async rotateSigningKeys({ ns, call }, { endNow }) {
      const keyId = await signingKeys.rotate({ endNow, call });
      let signedOut = 0;
      if (endNow) for (const { id } of await directory.list(ns)) signedOut += (await signIns.endAll(id)).length;
      return { keyId, signedOut };
    },
    stop() {
      credentials.stop();
      directory.stop();
      signingKeys.stop();
    },
  };
}
