/**
 * Records that this relay read or wrote last. A decision may begin with them: what it read is checked for change by its
 * commit, so a stale one costs a second try and never a wrong outcome.
 */
import type { Kind, Stored } from '../ports/store.ts';

/** In each of the two halves. */
const MAX_RECORDS = 2000;

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

  get(key: RecordKey): Stored | undefined {
    const name = nameOf(key);
    const recent = this.#recent.get(name);
    if (recent !== undefined) return recent;
    const older = this.#older.get(name);
    if (older !== undefined) this.#keep(name, older);
    return older;
  }

  /** Keeps the newer of two versions. */
  set(key: RecordKey, stored: Stored): void {
    const name = nameOf(key);
    const known = this.#recent.get(name) ?? this.#older.get(name);
    if ((known?.version ?? 0) <= stored.version) this.#keep(name, stored);
  }

  clear(): void {
    this.#recent.clear();
    this.#older.clear();
  }

  drop(key: RecordKey): void {
    const name = nameOf(key);
    this.#recent.delete(name);
    this.#older.delete(name);
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
