/** A connection whose statements are prepared once and whose rows are tuples. */
import Database from 'libsql';

export type Value = string | number | null;

interface Prepared {
  run(...values: Value[]): { readonly changes: number };
  get(...values: Value[]): unknown;
  all(...values: Value[]): unknown[];
}

export class Sql {
  readonly #db: Database.Database;
  readonly #writes = new Map<string, Prepared>();
  readonly #reads = new Map<string, Prepared>();
  readonly #rolledBack: (() => void)[] = [];

  constructor(file: string) {
    this.#db = new Database(file);
  }

  /** Runs statements that take no values. */
  exec(text: string): void {
    this.#db.exec(text);
  }

  /** The number of rows it changed. */
  run(text: string, ...values: Value[]): number {
    let statement = this.#writes.get(text);
    if (statement === undefined) this.#writes.set(text, (statement = this.#db.prepare(text)));
    return statement.run(...values).changes;
  }

  row<T extends readonly unknown[]>(text: string, ...values: Value[]): T | undefined {
    return this.#read(text).get(...values) as T | undefined;
  }

  rows<T extends readonly unknown[]>(text: string, ...values: Value[]): T[] {
    return this.#read(text).all(...values) as T[];
  }

  /** All of it is written, or none of it and the error goes on. */
  transaction<T>(work: () => T): T {
    this.begin();
    try {
      const result = work();
      this.commit();
      return result;
    } catch (error) {
      this.undo();
      throw error;
    }
  }

  get inTransaction(): boolean {
    return this.#db.inTransaction;
  }

  begin(): void {
    this.exec('BEGIN IMMEDIATE');
  }

  commit(): void {
    this.exec('COMMIT');
  }

  /** Also after an error by which SQLite undid the transaction itself. */
  undo(): void {
    for (const forget of this.#rolledBack) forget();
    if (this.#db.inTransaction) this.exec('ROLLBACK');
  }

  /** Called when a transaction is undone: what was remembered of its writes does not hold. */
  onRollback(forget: () => void): void {
    this.#rolledBack.push(forget);
  }

  close(): void {
    this.#db.close();
  }

  #read(text: string): Prepared {
    let statement = this.#reads.get(text);
    if (statement === undefined) this.#reads.set(text, (statement = this.#db.prepare(text).raw(true)));
    return statement;
  }
}
