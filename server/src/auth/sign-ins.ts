/**
 * Sign-ins of browsers, each one device. A record stands behind both cookies: the access token names it, the refresh
 * token is traded for the next one. The token before the last is taken for a minute more, for tabs that ask at the same
 * time and answers that got lost; later it can only be a stolen one, and the sign-in ends for whoever has it.
 */
import { newId, NONE_SENT, TreelineError, type SignInView, type KeyId, type PersonId } from '@treeline/shared';
import type { Call } from '../domain/audit.ts';
import type { Store, Unit } from '../ports/store.ts';
import { commitTold } from '../services/audit/attest.ts';
import { setCookie, type CookieRules } from './cookie.ts';
import { endOf, personCredentials, SYSTEM_NAMESPACE, type Credential } from './credential.ts';
import { putCredential, type CredentialIndex, type Credentials } from './credentials.ts';
import type { PersonRecord } from './person.ts';
import type { Tokens } from './tokens.ts';

const SWEEP = 500;
const TRIES = 10;

export interface SignInTimes {
  /** Without use, a sign-in ends after this, ms. */
  readonly signInMs: number;
  readonly accessMs: number;
  readonly refreshGraceMs: number;
}

/** The browser that signs in, and how it takes its cookies. */
export interface Visit {
  readonly address: string;
  readonly userAgent?: string | undefined;
  /** What the browser asks for, for the audit. */
  readonly call?: Call | undefined;
  /** Takes the value of Set-Cookie. */
  readonly setCookie: (header: string) => void;
}

type SignIn = Credential & { readonly kind: 'sign_in'; readonly personId: PersonId; readonly expiresAt: number };

export interface SignInsOptions {
  readonly store: Store;
  readonly credentials: Credentials;
  readonly tokens: Tokens;
  readonly cookie: CookieRules;
  readonly now: () => number;
  readonly times: SignInTimes;
}

export class SignIns {
  readonly #options: SignInsOptions;

  constructor(options: SignInsOptions) {
    this.#options = options;
  }

  /** Throws unauthenticated when what `with` asks for, such as an unused code, is no longer so. `until`: it ends by then. */
  async start(
    person: PersonRecord,
    visit: Visit,
    { until, ...also }: Partial<Pick<Unit, 'put' | 'remove'>> & { until?: number | undefined } = {},
  ): Promise<{ name: string; expiresAt: number }> {
    const { store, now, times } = this.#options;
    const signIn: SignIn = {
      id: newId('key', now()),
      ns: person.ns,
      kind: 'sign_in',
      name: await deviceName(visit.userAgent),
      personId: person.id,
      turn: 1,
      address: visit.address,
      createdAt: now(),
      lastUsedAt: now(),
      turnedAt: now(),
      expiresAt: Math.min(now() + times.signInMs, until ?? Infinity),
      ...(until === undefined ? {} : { until }),
    };
    const unit = { ns: SYSTEM_NAMESPACE, ...also, put: [...(also.put ?? []), putCredential(signIn, 0)] };
    const who = { kind: 'person', name: person.name, id: person.id } as const;
    const { status } = await commitTold(store, unit, { call: visit.call, now: now(), who });
    if (status !== 'committed')
      throw new TreelineError('unauthenticated', 'somebody else has just used this code, or its name is taken');
    await this.#sweep(person.id);
    await this.#give(signIn, visit);
    return { name: person.name, expiresAt: signIn.expiresAt };
  }

  /** Trades the refresh cookie. Throws unauthenticated when it is not valid, and ends the sign-in when it is an old one. */
  async refresh(token: string | undefined, visit: Visit): Promise<SignIn> {
    const { tokens, credentials, store, now, times } = this.#options;
    if (token === undefined) {
      this.clear(visit);
      throw new TreelineError('unauthenticated', `refresh needs a sign-in ${NONE_SENT}`);
    }
    const shown = await tokens.refresh(token);
    if (shown === undefined) throw this.#over(visit);
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const current = await credentials.load(shown.signIn);
      if (current === undefined || !isSignIn(current.value) || endOf(current.value, now()) !== undefined)
        throw this.#over(visit);
      const { turn = 1, turnedAt = 0, until } = current.value;
      if (shown.turn < turn) {
        const isLate = shown.turn < turn - 1 || now() - turnedAt > times.refreshGraceMs;
        if (isLate) {
          await credentials.revoke(shown.signIn);
          throw this.#over(visit);
        }
        await this.#give(current.value, visit);
        return current.value;
      }
      const next: SignIn = {
        ...current.value,
        // A store that was put back may know an earlier turn than the browser has.
        turn: shown.turn + 1,
        turnedAt: now(),
        lastUsedAt: now(),
        expiresAt: Math.min(now() + times.signInMs, until ?? Infinity),
      };
      const put = [putCredential(next, current.version)];
      const { status } = await commitTold(store, { ns: SYSTEM_NAMESPACE, put }, { call: visit.call, now: now() });
      if (status !== 'committed') continue;
      await this.#give(next, visit);
      return next;
    }
    throw new TreelineError('unavailable', 'this sign-in is used from too many places at once');
  }

  /** Ends a sign-in, and clears the cookies of whoever asked. */
  async end(id: KeyId, visit: Pick<Visit, 'setCookie' | 'call'>): Promise<void> {
    this.clear(visit);
    await this.#options.credentials.revoke(id, visit.call);
  }

  clear({ setCookie: set }: Pick<Visit, 'setCookie'>): void {
    set(setCookie(this.#options.cookie, 'access'));
    set(setCookie(this.#options.cookie, 'refresh'));
  }

  /** Those that work, latest first. */
  async list(person: PersonId, current: KeyId | undefined): Promise<SignInView[]> {
    const devices = (await this.#of(person)).map((signIn) => deviceView(signIn, current));
    return devices.toSorted((a, b) => b.lastUsedAt - a.lastUsedAt);
  }

  async rename(id: KeyId, name: string, by: { id: PersonId; keyId: KeyId; call?: Call }): Promise<SignInView> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const current = await this.#options.credentials.load(id);
      if (current === undefined || !isSignIn(current.value) || current.value.personId !== by.id) throw unknown(id);
      const renamed = { ...current.value, name };
      const put = [putCredential(renamed, current.version)];
      const { store, now } = this.#options;
      const told = { call: by.call, now: now() };
      if ((await commitTold(store, { ns: SYSTEM_NAMESPACE, put }, told)).status === 'committed')
        return deviceView(renamed, by.keyId);
    }
    throw new TreelineError('unavailable', 'too many others change this device right now');
  }

  /** Ends one of this person's, or throws not_found. */
  async endOne(id: KeyId, person: PersonId, call?: Call): Promise<void> {
    const found = await this.#options.credentials.load(id);
    if (found === undefined || !isSignIn(found.value) || found.value.personId !== person) throw unknown(id);
    await this.#options.credentials.revoke(id, call);
  }

  /** Ends all of a person's but one. Returns those that ended. */
  async endAll(person: PersonId, { except, call }: { except?: KeyId; call?: Call | undefined } = {}): Promise<KeyId[]> {
    const ids = (await this.#of(person)).map(({ id }) => id).filter((id) => id !== except);
    for (const id of ids) await this.#options.credentials.revoke(id, call);
    return ids;
  }

  #over(visit: Visit): TreelineError {
    this.clear(visit);
    return new TreelineError('unauthenticated', 'the sign-in is over; sign in again');
  }

  async #give(signIn: SignIn, visit: Visit): Promise<void> {
    const { tokens, cookie, now, times } = this.#options;
    const at = now();
    const accessUntil = Math.min(at + times.accessMs, signIn.expiresAt);
    const access = await tokens.issueAccess({ signIn: signIn.id, expiresAt: accessUntil });
    const refresh = await tokens.issueRefresh({
      signIn: signIn.id,
      turn: signIn.turn ?? 1,
      expiresAt: signIn.expiresAt,
    });
    visit.setCookie(setCookie(cookie, 'access', { token: access, maxAgeMs: accessUntil - at }));
    visit.setCookie(setCookie(cookie, 'refresh', { token: refresh, maxAgeMs: signIn.expiresAt - at }));
  }

  async #of(person: PersonId): Promise<SignIn[]> {
    const { credentials, now } = this.#options;
    const signIns: SignIn[] = [];
    for await (const credential of credentials.all(ofPerson(person)))
      if (isSignIn(credential) && endOf(credential, now()) === undefined) signIns.push(credential);
    return signIns;
  }

  /** Forgets a person's sign-ins that are over, oldest first and a few at a time. */
  async #sweep(person: PersonId): Promise<void> {
    const { store, now } = this.#options;
    const query = { ns: SYSTEM_NAMESPACE, kind: 'credential', ...ofPerson(person), limit: SWEEP } as const;
    const over = (await store.list<SignIn>(query)).filter(({ value }) => endOf(value, now()) !== undefined);
    if (over.length === 0) return;
    // Whoever else sweeps at the same time makes this a conflict, and the work is done.
    await store.commit({
      ns: SYSTEM_NAMESPACE,
      remove: over.map(({ id, version }) => ({ kind: 'credential', id, expect: version })),
    });
  }
}

function ofPerson(person: PersonId): CredentialIndex {
  return { index: 'person', value: personCredentials(person, 'sign_in') };
}

function isSignIn(credential: Credential): credential is SignIn {
  return credential.kind === 'sign_in' && credential.personId !== undefined;
}

function deviceView(signIn: SignIn, current: KeyId | undefined): SignInView {
  const { id, name, createdAt, lastUsedAt = createdAt, expiresAt, address } = signIn;
  return {
    id,
    name,
    current: id === current,
    createdAt,
    lastUsedAt,
    expiresAt,
    ...(address === undefined ? {} : { address }),
  };
}

/** Such as `Chrome on Android`. */
async function deviceName(userAgent: string | undefined): Promise<string> {
  if (userAgent === undefined) return 'a program';
  const { default: bowser } = await import('bowser');
  const { browser, os } = bowser.parse(userAgent.slice(0, 500));
  if (browser.name === undefined) return 'a program';
  return os.name === undefined ? browser.name : `${browser.name} on ${os.name}`;
}

function unknown(id: KeyId): TreelineError {
  return new TreelineError('not_found', `There is no device ${id}`);
}
