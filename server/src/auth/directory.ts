/** People, from the store through a short cache. A change of rights drops its entry by hint, here and on other relays. */
import { newId, TreelineError, type PersonId, type Role } from '@treeline/shared';
import type { Call } from '../domain/audit.ts';
import type { Hints } from '../ports/hints.ts';
import type { Put, Store, Stored, Unit } from '../ports/store.ts';
import { commitTold } from '../services/audit/attest.ts';
import { SYSTEM_NAMESPACE } from './credential.ts';
import { isEnabled, isLeader, nameRecord, personIndexes, type PersonRecord } from './person.ts';

const CACHE_MS = 5_000;
const CACHE_SIZE = 2_000;
/** People of one namespace. */
const MAX = 1_000;
const TRIES = 10;

export interface DirectoryOptions {
  readonly store: Store;
  readonly hints: Hints;
  readonly now: () => number;
}

export class Directory {
  readonly #store: Store;
  readonly #hints: Hints;
  readonly #now: () => number;
  readonly #cache = new Map<PersonId, { found: PersonRecord | undefined; until: number }>();
  readonly stop: () => void;

  constructor({ store, hints, now }: DirectoryOptions) {
    this.#store = store;
    this.#hints = hints;
    this.#now = now;
    this.stop = hints.listen((hint) => {
      if (hint.type === 'person') this.#cache.delete(hint.id);
      else if (hint.type === 'lapsed') this.#cache.clear();
    });
  }

  /** Undefined when there is nobody of that id, or when they are disabled. May be 5 s old. */
  async enabled(id: PersonId): Promise<PersonRecord | undefined> {
    const now = this.#now();
    let entry = this.#cache.get(id);
    if (entry === undefined || entry.until <= now) {
      entry = { found: (await this.load(id))?.value, until: now + CACHE_MS };
      if (this.#cache.size >= CACHE_SIZE) this.#cache.clear();
      this.#cache.set(id, entry);
    }
    return entry.found !== undefined && isEnabled(entry.found) ? entry.found : undefined;
  }

  load(id: PersonId): Promise<Stored<PersonRecord> | undefined> {
    return this.#store.get<PersonRecord>(SYSTEM_NAMESPACE, { kind: 'person', id });
  }

  /** Throws not_found for one of another namespace as for none. */
  async mustHave(ns: string, id: PersonId): Promise<Stored<PersonRecord>> {
    const found = await this.load(id);
    if (found?.value.ns !== ns) throw new TreelineError('not_found', `There is no person ${id}`);
    return found;
  }

  async list(ns: string): Promise<PersonRecord[]> {
    return this.#by('ns', ns);
  }

  /** Who set the relay up, or the next one who could have. */
  async firstOwner(ns: string): Promise<PersonRecord | undefined> {
    return (await this.list(ns)).find((person) => person.role === 'owner' && isEnabled(person));
  }

  /** Also when they are disabled: only where there has never been one, a code makes the first. */
  async hasOwner(ns: string): Promise<boolean> {
    return (await this.list(ns)).some(({ role }) => role === 'owner');
  }

  async byName(ns: string, name: string): Promise<PersonRecord | undefined> {
    const ref = { kind: 'person', id: nameRecord(ns, name) } as const;
    const kept = await this.#store.get<{ personId: PersonId }>(SYSTEM_NAMESPACE, ref);
    return kept === undefined ? undefined : (await this.load(kept.value.personId))?.value;
  }

  async byPasskey(id: string): Promise<PersonRecord | undefined> {
    return (await this.#by('passkey', id))[0];
  }

  async byOidc(identity: string): Promise<PersonRecord | undefined> {
    return (await this.#by('oidc', identity))[0];
  }

  /** What is to be committed for a new person; the commit fails when the name is taken. */
  draft(input: Pick<PersonRecord, 'ns' | 'name' | 'role'> & Partial<PersonRecord>): {
    person: PersonRecord;
    put: Put[];
  } {
    const person = { ...input, id: newId('person', this.#now()), createdAt: this.#now(), passkeys: [] };
    return { person, put: [putPerson(person, 0), keepName(person)] };
  }

  /** Throws conflict when the name is taken. */
  async create(
    input: { ns: string; name: string; role: Role; oidc?: string },
    call: Call | undefined,
  ): Promise<PersonRecord> {
    const { person, put } = this.draft(input);
    const { status } = await commitTold(this.#store, { ns: SYSTEM_NAMESPACE, put }, { call, now: this.#now() });
    if (status === 'committed') return person;
    throw new TreelineError('conflict', `There is somebody called ${input.name} already`);
  }

  /**
   * Changes a person as `decide` says, which may run several times and throw. A change of name, role or access is told to
   * all relays. What `decide` sees of other owners still holds when the change is committed.
   */
  async change(
    id: PersonId,
    decide: (person: PersonRecord) => PersonRecord | Promise<PersonRecord>,
    call?: Call,
  ): Promise<PersonRecord> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const current = await this.load(id);
      if (current === undefined) throw new TreelineError('not_found', `There is no person ${id}`);
      const gate = ownersGate(current.value.ns);
      const { version = 0 } = (await this.#store.get(SYSTEM_NAMESPACE, gate)) ?? {};
      const next = await decide(current.value);
      const change = changeOf(current, next);
      if (isLeader(current.value) && !isLeader(next)) change.put.push({ ...gate, expect: version, value: id });
      const { status } = await commitTold(this.#store, change, { call, now: this.#now() });
      if (status !== 'committed') {
        if (await this.#isTaken(current.value, next))
          throw new TreelineError('conflict', `There is somebody called ${next.name} already`);
        continue;
      }
      this.#cache.delete(id);
      if (rights(current.value) !== rights(next)) this.#hints.emit({ ns: next.ns, type: 'person', id });
      return next;
    }
    throw new TreelineError('unavailable', 'Too many others change this person right now');
  }

  async #isTaken(was: PersonRecord, is: PersonRecord): Promise<boolean> {
    if (nameRecord(was.ns, was.name) === nameRecord(is.ns, is.name)) return false;
    const holder = await this.byName(is.ns, is.name);
    return holder !== undefined && holder.id !== is.id;
  }

  async #by(index: string, value: string): Promise<PersonRecord[]> {
    const found = await this.#store.list<PersonRecord>({
      ns: SYSTEM_NAMESPACE,
      kind: 'person',
      index,
      value,
      limit: MAX,
    });
    return found.map((stored) => stored.value);
  }
}

function putPerson(value: PersonRecord, expect: number): Put {
  return { kind: 'person', id: value.id, expect, value, indexes: personIndexes(value) };
}

function keepName({ ns, name, id }: PersonRecord): Put {
  return { kind: 'person', id: nameRecord(ns, name), expect: 0, value: { personId: id } };
}

/** Changed by all who take rights from an owner, so that of two owners who do it to each other one stays. */
const ownersGate = (ns: string) => ({ kind: 'setting', id: `owners:${ns}` }) as const;

function changeOf(current: Stored<PersonRecord>, next: PersonRecord): Unit & { put: Put[] } {
  const [was, is] = [current.value, next].map(({ ns, name }) => nameRecord(ns, name));
  const renamed = was !== is && was !== undefined;
  return {
    ns: SYSTEM_NAMESPACE,
    put: [putPerson(next, current.version), ...(renamed ? [keepName(next)] : [])],
    ...(renamed ? { remove: [{ kind: 'person', id: was, expect: 1 }] } : {}),
  };
}

function rights({ name, role, disabledAt }: PersonRecord): string {
  return JSON.stringify([name, role, disabledAt !== undefined]);
}
