/**
 * Records that this relay read or wrote last. A decision may begin with them: what it read is checked for change by its
 * commit, so a stale one costs a second try and never a wrong outcome.
 */
import type { Clock } from '../ports/clock.ts';
import type { Kind, Stored } from '../ports/store.ts';

/** In each of the two halves, and of what was read. */
const MAX_RECORDS = 2000;
/** What was only read is believed for so long, ms: the hint that it changed may be lost. */
const BELIEVE_READ_MS = 5000;

export interface RecordKey {
  readonly ns: string;
  readonly kind: Kind;
  readonly id: string;
}

export class RecordCache {
  /** What was used since the halves changed places last. */
  #recent = new Map<string, Stored>();
  /** What was used in the time before: what is not asked for until the next change is forgotten. */
  #older = new Map<string, Stored>();
  #dropped = 0;
  readonly #clock: Clock;
  /** What was read and not written here, all of it since `#readSince`. */
  readonly #read = new Map<string, Stored>();
  #readSince = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(key: RecordKey): Stored | undefined {
    const name = nameOf(key);
    const recent = this.#recent.get(name);
    if (recent !== undefined) return recent;
    const older = this.#older.get(name);
    if (older !== undefined) this.#keep(name, older);
    return older ?? (this.#isReadStillGood() ? this.#read.get(name) : undefined);
  }

  /** Rises with each record that is said to have changed. */
  get moment(): number {
    return this.#dropped;
  }

  /** What was read from `asOf` on: not kept when it may have changed since then. */
  add(key: RecordKey, { stored, asOf }: { stored: Stored; asOf: number }): void {
    if (asOf !== this.#dropped) return;
    if (!this.#isReadStillGood() || this.#read.size >= MAX_RECORDS) {
      this.#read.clear();
      this.#readSince = this.#clock.now();
    }
    this.#read.set(nameOf(key), stored);
  }

  /** Keeps the newer of two versions. */
  set(key: RecordKey, stored: Stored): void {
    const name = nameOf(key);
    const known = this.#recent.get(name) ?? this.#older.get(name);
    if ((known?.version ?? 0) <= stored.version) this.#keep(name, stored);
  }

  clear(): void {
    this.#dropped += 1;
    for (const records of [this.#recent, this.#older, this.#read]) records.clear();
  }

  drop(key: RecordKey): void {
    const name = nameOf(key);
    this.#dropped += 1;
    for (const records of [this.#recent, this.#older, this.#read]) records.delete(name);
  }

  #isReadStillGood(): boolean {
    const age = this.#clock.now() - this.#readSince;
    return age >= 0 && age < BELIEVE_READ_MS;
  }

  #keep(name: string, stored: Stored): void {
    this.#recent.set(name, stored);
    if (this.#recent.size < MAX_RECORDS) return;
    this.#older = this.#recent;
    this.#recent = new Map();
  }
}

function nameOf({ ns, kind, id }: RecordKey): string {
  return `${ns}/${kind}/${id}`;
}
