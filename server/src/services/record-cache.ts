/**
 * Records that this relay read or wrote last. A decision may begin with them: what it read is checked for change by its
 * commit, so a stale one costs a second try and never a wrong outcome.
 */
import type { Kind, Stored } from '../ports/store.ts';

const MAX_RECORDS = 4000;

export interface RecordKey {
  readonly ns: string;
  readonly kind: Kind;
  readonly id: string;
}

export class RecordCache {
  /** Least recently used first. */
  readonly #records = new Map<string, Stored>();

  get(key: RecordKey): Stored | undefined {
    const name = nameOf(key);
    const stored = this.#records.get(name);
    if (stored === undefined) return undefined;
    this.#records.delete(name);
    this.#records.set(name, stored);
    return stored;
  }

  /** Keeps the newer of two versions. */
  set(key: RecordKey, stored: Stored): void {
    const name = nameOf(key);
    if ((this.#records.get(name)?.version ?? 0) > stored.version) return;
    this.#records.delete(name);
    this.#records.set(name, stored);
    const [oldest] = this.#records.keys();
    if (this.#records.size > MAX_RECORDS && oldest !== undefined) this.#records.delete(oldest);
  }

  clear(): void {
    this.#records.clear();
  }

  drop(key: RecordKey): void {
    this.#records.delete(nameOf(key));
  }
}

function nameOf({ ns, kind, id }: RecordKey): string {
  return `${ns}/${kind}/${id}`;
}
