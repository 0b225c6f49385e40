/** What people may change about people: each about themselves, those with the scope `people` about all of their namespace. */
import { ROLE_SCOPES, TreelineError, type PersonId, type PersonView, type Role } from '@treeline/shared';
import type { Call } from '../domain/audit.ts';
import { scopesOf, type Principal } from '../domain/principal.ts';
import { DEFAULT_NAMESPACE } from './credential.ts';
import type { Credentials } from './credentials.ts';
import type { Directory } from './directory.ts';
import type { Passwords } from './passwords.ts';
import { isEnabled, isLeader, personView, type PersonRecord } from './person.ts';
import type { SignInCodes } from './sign-in-codes.ts';
import type { SignIns } from './sign-ins.ts';

export interface PeopleOptions {
  readonly directory: Directory;
  readonly codes: SignInCodes;
  readonly passwords: Passwords;
  readonly signIns: SignIns;
  readonly credentials: Credentials;
  readonly publicUrl: () => string;
  readonly now: () => number;
  readonly invitationMs: number;
}

type Person = Principal & { kind: 'person' };
type Caller = Extract<Principal, { kind: 'person' | 'key' }>;
export interface Invitation {
  readonly code: string;
  readonly url: string;
  readonly expiresAt: number;
}

export class People {
  readonly #options: PeopleOptions;

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  /** For whoever starts the relay on its machine. */
  createOwnerCode(): Promise<{ code: string; expiresAt: number }> {
    return this.#options.codes.create({ ns: DEFAULT_NAMESPACE, setsPassword: true });
  }

  /** A code for another browser of the caller. A key makes one only if it has all that the person has. */
  async createCode(by: Extract<Principal, { kind: 'person' | 'key' }>): Promise<{ code: string; expiresAt: number }> {
    const { codes, credentials, directory } = this.#options;
    const { call } = by;
    if (by.kind === 'person') return codes.create({ ns: by.ns, personId: by.id, setsPassword: false }, { call });
    mustCover(by, by.personId === undefined ? 'owner' : (await directory.enabled(by.personId))?.role);
    const maker = await credentials.live(by.keyId);
    const grant = {
      ns: by.ns,
      ...(by.personId === undefined ? {} : { personId: by.personId }),
      setsPassword: by.personId === undefined,
      ...(maker?.expiresAt === undefined ? {} : { signInUntil: maker.expiresAt }),
    };
    return codes.create(grant, { call });
  }

  /** Who is behind a credential; behind the key of the relay's own machine, the first owner. Throws not_found for nobody. */
  async behind(by: Extract<Principal, { kind: 'person' | 'key' }>): Promise<PersonId> {
    const id = by.kind === 'person' ? by.id : (by.personId ?? (await this.#options.directory.firstOwner(by.ns))?.id);
    if (id === undefined) throw new TreelineError('not_found', 'nobody has signed in here yet');
    return id;
  }

  /** Throws forbidden for a wrong current password. Signs out all other devices. */
  async setPassword(
    by: Person,
    { current, password }: { current?: string | undefined; password: string },
  ): Promise<void> {
    const { directory, signIns, passwords } = this.#options;
    const hash = await passwords.hash(password);
    const decide = async (person: PersonRecord) => {
      if (person.password !== undefined && !(await passwords.isRight(current ?? '', person.password)))
        throw new TreelineError('forbidden', 'the current password is not right');
      return { ...person, password: hash };
    };
    await directory.change(by.id, decide, by.call);
    await signIns.endAll(by.id, { except: by.keyId });
  }

  async nameOf(id: PersonId): Promise<string> {
    return (await this.#options.directory.load(id))?.value.name ?? '';
  }

  async hasPassword(id: PersonId): Promise<boolean> {
    return (await this.#options.directory.load(id))?.value.password !== undefined;
  }

  async list(ns: string): Promise<PersonView[]> {
    return (await this.#options.directory.list(ns)).map(personView);
  }

  async create(
    by: Caller,
    input: { name: string; role: Role },
  ): Promise<{ person: PersonView; invitation: Invitation }> {
    mustCover(by, input.role);
    const { ns, call } = by;
    const person = await this.#options.directory.create({ ns, ...input }, call);
    return { person: personView(person), invitation: await this.#invite(person) };
  }

  /** Throws conflict rather than leave nobody who could let people in. */
  async change(
    by: Caller,
    id: PersonId,
    input: { name?: string | undefined; role?: Role | undefined; disabled?: boolean | undefined },
  ): Promise<PersonView> {
    const { directory, signIns, now } = this.#options;
    const { ns, call } = by;
    await directory.mustHave(ns, id);
    if (input.role !== undefined) mustCover(by, input.role);
    const decide = async (person: PersonRecord) => {
      const { disabledAt = now(), ...enabled } = person;
      const next = {
        ...(input.disabled === false ? enabled : person),
        ...(input.disabled === true ? { disabledAt } : {}),
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.role === undefined ? {} : { role: input.role }),
      };
      if (isLeader(person) && !isLeader(next)) await this.#mustHaveAnotherOwner(person);
      return next;
    };
    const changed = await directory.change(id, decide, call);
    if (!isEnabled(changed)) await signIns.endAll(id);
    return personView(changed);
  }

  /** With `reset`, what they had to come in with ends first. */
  async invite(by: Caller, id: PersonId, { reset }: { reset: boolean }): Promise<Invitation> {
    const { directory, signIns } = this.#options;
    const { ns, call } = by;
    const { value: person } = await directory.mustHave(ns, id);
    mustCover(by, person.role);
    if (!isEnabled(person)) throw new TreelineError('conflict', `${person.name} is disabled`);
    if (reset) {
      await directory.change(id, ({ password: _gone, ...rest }) => ({ ...rest, passkeys: [] }), call);
      await signIns.endAll(id);
    }
    return this.#invite(person, call);
  }

  async #invite({ ns, id }: PersonRecord, call?: Call): Promise<Invitation> {
    const { codes, publicUrl, invitationMs } = this.#options;
    const { code, expiresAt } = await codes.create(
      { ns, personId: id, setsPassword: true },
      { call, forMs: invitationMs },
    );
    return { code, expiresAt, url: `${publicUrl()}/setup#${code}` };
  }

  async #mustHaveAnotherOwner({ ns, id }: PersonRecord): Promise<void> {
    const others = (await this.#options.directory.list(ns)).filter((person) => person.id !== id);
    if (!others.some(isLeader)) throw new TreelineError('conflict', 'this is the last owner; make another one first');
  }
}

/** A key lets nobody in who may do more than it may itself. */
function mustCover(by: Caller, role: Role | undefined): void {
  const has = scopesOf(by);
  if (role === undefined || !ROLE_SCOPES[role].every((scope) => has.includes(scope)))
    throw new TreelineError('forbidden', 'this key may do less than the person whom it would let in');
}
