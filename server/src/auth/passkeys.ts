/** Passkeys: made by a signed-in person, later enough to sign in. The library that checks them is loaded at the first use. */
import { isIP } from 'node:net';
import { LIMITS, TreelineError, type PasskeyView, type PersonId } from '@treeline/shared';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Principal } from '../domain/principal.ts';
import { tooLate, type Challenges } from './challenges.ts';
import type { Directory } from './directory.ts';
import { isEnabled, type Passkey, type PersonRecord } from './person.ts';
import type { SignIns, Visit } from './sign-ins.ts';
import type { Throttle } from './throttle.ts';

type Json = Readonly<Record<string, unknown>>;
type Person = Principal & { kind: 'person' };

export interface Challenge {
  readonly challenge: string;
  /** Who adds a passkey; absent: somebody signs in. */
  readonly personId?: PersonId;
  readonly origin: string;
}

export interface PasskeysOptions {
  readonly challenges: Challenges<Challenge>;
  readonly directory: Directory;
  readonly signIns: SignIns;
  readonly attempts: Throttle;
  readonly now: () => number;
}

export class Passkeys {
  readonly #options: PasskeysOptions;

  constructor(options: PasskeysOptions) {
    this.#options = options;
  }

  async list(by: Person): Promise<PasskeyView[]> {
    return ((await this.#options.directory.load(by.id))?.value.passkeys ?? []).map(passkeyView);
  }

  /** `origin`: of our own page, as the authenticator will see it. */
  async begin(by: Person, origin: string | undefined): Promise<{ challengeId: string; options: Json }> {
    const { page, host } = placeOf(origin);
    const { value: person } = await this.#options.directory.mustHave(by.ns, by.id);
    if (person.passkeys.length >= LIMITS.passkeys)
      throw new TreelineError('conflict', `there are ${LIMITS.passkeys} passkeys already; remove one first`);
    const { generateRegistrationOptions } = await import('@simplewebauthn/server');
    const options = await generateRegistrationOptions({
      rpName: 'Treeline',
      rpID: host,
      userID: new TextEncoder().encode(person.id),
      userName: person.name,
      attestationType: 'none',
      excludeCredentials: person.passkeys.map(({ id }) => ({ id })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    return this.#keep({ challenge: options.challenge, personId: by.id, origin: page }, { ...options });
  }

  /** Throws bad_request for what the authenticator did not make for this challenge. */
  async add(
    by: Person,
    { challengeId, response, name }: { challengeId: string; response: Json; name?: string | undefined },
  ): Promise<PasskeyView> {
    const { directory, now } = this.#options;
    const { challenge, origin, personId } = await this.#options.challenges.take(challengeId);
    if (personId !== by.id) throw tooLate();
    const { host } = placeOf(origin);
    const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
    const checked = await verifyRegistrationResponse({
      response: response as unknown as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: host,
    }).catch((cause: unknown) => {
      throw new TreelineError('bad_request', `the passkey was not accepted: ${wordsOf(cause)}`, { cause });
    });
    if (!checked.verified) throw new TreelineError('bad_request', 'the passkey was not accepted');
    const { credential } = checked.registrationInfo;
    const passkey: Passkey = {
      id: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      transports: credential.transports ?? [],
      host,
      name: name ?? 'passkey',
      createdAt: now(),
    };
    if ((await directory.byPasskey(passkey.id)) !== undefined)
      throw new TreelineError('conflict', 'this passkey is known already');
    await directory.change(by.id, (person) => ({ ...person, passkeys: [...person.passkeys, passkey] }), by.call);
    return passkeyView(passkey);
  }

  async remove(by: Person, id: string): Promise<void> {
    const decide = (person: PersonRecord) => {
      const rest = person.passkeys.filter((passkey) => passkey.id !== id);
      if (rest.length === person.passkeys.length) throw new TreelineError('not_found', `There is no passkey ${id}`);
      return { ...person, passkeys: rest };
    };
    await this.#options.directory.change(by.id, decide, by.call);
  }

  async beginSignIn(origin: string | undefined): Promise<{ challengeId: string; options: Json }> {
    const { page, host } = placeOf(origin);
    const { generateAuthenticationOptions } = await import('@simplewebauthn/server');
    const options = await generateAuthenticationOptions({ rpID: host, userVerification: 'required' });
    return this.#keep({ challenge: options.challenge, origin: page }, { ...options });
  }

  /** The refusal is the same for an unknown passkey, a wrong signature, and somebody who is disabled. */
  async signIn({ challengeId, response }: { challengeId: string; response: Json }, visit: Visit) {
    const { directory, signIns, attempts, now } = this.#options;
    await attempts.count(visit.address);
    const kept = await this.#options.challenges.take(challengeId);
    const id = typeof response['id'] === 'string' ? response['id'] : '';
    const person = id === '' || kept.personId !== undefined ? undefined : await directory.byPasskey(id);
    const passkey = person?.passkeys.find((known) => known.id === id);
    const counter = passkey === undefined ? undefined : await this.#verify(kept, passkey, response);
    if (person === undefined || passkey === undefined || counter === undefined || !isEnabled(person))
      throw new TreelineError('unauthenticated', 'this passkey does not open anything here');
    await attempts.forgive(visit.address);
    const used = { ...passkey, counter, lastUsedAt: now() };
    const current = await directory.change(person.id, (record) => ({
      ...record,
      passkeys: record.passkeys.map((other) => (other.id === id ? used : other)),
    }));
    return signIns.start(current, visit);
  }

  /** The authenticator's new count, or undefined when the signature is not right. */
  async #verify({ challenge, origin }: Challenge, passkey: Passkey, response: Json): Promise<number | undefined> {
    const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
    try {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: response as unknown as AuthenticationResponseJSON,
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: passkey.host,
        credential: {
          id: passkey.id,
          publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
          counter: passkey.counter,
        },
      });
      return verified ? authenticationInfo.newCounter : undefined;
    } catch {
      // Whatever the library says is wrong with it, it opens nothing.
      return undefined;
    }
  }

  async #keep(challenge: Challenge, options: Json): Promise<{ challengeId: string; options: Json }> {
    return { challengeId: await this.#options.challenges.keep(challenge), options };
  }
}

/** Browsers bind passkeys to the host name of the page. */
function placeOf(origin: string | undefined): { page: string; host: string } {
  if (origin === undefined || !URL.canParse(origin))
    throw new TreelineError('bad_request', 'passkeys are for browsers, which name the page that asks');
  const { hostname } = new URL(origin);
  if (isIP(hostname.replaceAll(/[[\]]/g, '')) !== 0)
    throw new TreelineError(
      'bad_request',
      `passkeys need a host name; open Treeline by one rather than as ${hostname}`,
    );
  return { page: origin, host: hostname };
}

function passkeyView({ id, name, createdAt, lastUsedAt }: Passkey): PasskeyView {
  return { id, name, createdAt, ...(lastUsedAt === undefined ? {} : { lastUsedAt }) };
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.slice(0, 200) : 'it cannot be read';
}
