/** The ways into a browser: a one-time code, a name with its password. All of them end in a sign-in of one person. */
import { TreelineError } from '@treeline/shared';
import { DEFAULT_NAMESPACE } from './credential.ts';
import type { Directory } from './directory.ts';
import type { Passwords } from './passwords.ts';
import { foldName, isEnabled, type PersonRecord } from './person.ts';
import type { SignInCodes } from './sign-in-codes.ts';
import type { SignIns, Visit } from './sign-ins.ts';
import type { Throttle } from './throttle.ts';

/** Put once, by the first owner. */
const SET_UP = { kind: 'setting', id: 'first-owner' } as const;

export interface SignInOptions {
  readonly directory: Directory;
  readonly codes: SignInCodes;
  readonly passwords: Passwords;
  readonly signIns: SignIns;
  /** By address. */
  readonly attempts: Throttle;
  /** By account. */
  readonly guesses: Throttle;
  /** How the first owner is called, unless they say otherwise. */
  readonly ownerName: string;
}

export interface WithCode {
  readonly code: string;
  readonly name?: string | undefined;
  readonly password?: string | undefined;
}

export type SignedIn = Promise<{ name: string; expiresAt: number }>;

export class SignIn {
  readonly #options: SignInOptions;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  async isSetUp(): Promise<boolean> {
    return this.#options.directory.hasOwner(DEFAULT_NAMESPACE);
  }

  /** Throws unauthenticated for a wrong code, rate_limited after too many of them, forbidden for a password that it may not set. */
  async withCode({ code, name, password }: WithCode, visit: Visit): SignedIn {
    const { codes, signIns, attempts } = this.#options;
    await attempts.count(visit.address);
    const { grant, spend } = await codes.take(code);
    await attempts.forgive(visit.address);
    if (password !== undefined && !grant.setsPassword)
      throw new TreelineError('forbidden', 'this code signs another device in and sets no password');
    const hash = password === undefined ? undefined : await this.#options.passwords.hash(password);
    const also = { remove: [spend], until: grant.signInUntil };
    const person = await this.#personOf(grant);
    if (person === undefined) {
      const first = this.#options.directory.draft({
        ns: grant.ns,
        name: name ?? this.#options.ownerName,
        role: 'owner',
        ...(hash === undefined ? {} : { password: hash }),
      });
      const put = [...first.put, { ...SET_UP, id: `${SET_UP.id}:${grant.ns}`, expect: 0, value: first.person.id }];
      return signIns.start(first.person, visit, { ...also, put });
    }
    if (!isEnabled(person))
      throw new TreelineError(
        'unauthenticated',
        'this code is wrong, was used before or is too old; ask for a new one',
      );
    const signedIn = await signIns.start(person, visit, also);
    if (hash !== undefined) await this.#options.directory.change(person.id, (now) => ({ ...now, password: hash }));
    return signedIn;
  }

  /** The refusal is the same, and takes as long, for a wrong name, a wrong password and one who is disabled. */
  async withPassword({ name, password }: { name: string; password: string }, visit: Visit): SignedIn {
    const { directory, signIns, passwords, attempts, guesses } = this.#options;
    const account = foldName(name);
    await attempts.count(visit.address);
    await guesses.count(account);
    const person = await directory.byName(DEFAULT_NAMESPACE, name);
    const isRight = await passwords.isRight(password, person?.password);
    if (person === undefined || !isRight || !isEnabled(person))
      throw new TreelineError('unauthenticated', 'name and password do not belong together');
    await attempts.forgive(visit.address);
    await guesses.forgive(account);
    return signIns.start(person, visit);
  }

  /** Whom a code signs in; undefined: the first owner, who is still to be made. */
  async #personOf({ ns, personId }: { ns: string; personId?: PersonRecord['id'] }): Promise<PersonRecord | undefined> {
    const { directory } = this.#options;
    if (personId !== undefined) return (await directory.mustHave(ns, personId)).value;
    const owner = await directory.firstOwner(ns);
    if (owner === undefined && (await directory.hasOwner(ns)))
      throw new TreelineError(
        'unauthenticated',
        'there is no owner whom this code could sign in; see `treeline relay reset-admin`',
      );
    return owner;
  }
}
