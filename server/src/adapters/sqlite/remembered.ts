/** What this thread read or wrote last, under a name. It alone writes the file, so what it wrote last is what stands there. */
import type { Sql } from './sql.ts';

const MAX = 10_000;

export class Remembered<T> {
  readonly #values = new Map<string, T>();

  /** A transaction that is undone takes what was remembered of its writes with it. */
  constructor(sql: Sql) {
    sql.onRollback(() => this.#values.clear());
  }

  get(name: string): T | undefined {
    return this.#values.get(name);
  }

  set(name: string, value: T): void {
    if (this.#values.size >= MAX) this.#values.clear();
    this.#values.set(name, value);
  }

  forget(name: string): void {
    this.#values.delete(name);
  }
}
