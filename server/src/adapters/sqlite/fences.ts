import type { FenceGuard } from '../../ports/store.ts';
import { Remembered } from './remembered.ts';
import type { Sql } from './sql.ts';

const RAISE = `INSERT INTO fence (ns, name, value) VALUES (?, ?, 1)
  ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value`;
const READ = 'SELECT value FROM fence WHERE ns = ? AND name = ?';

export class Fences {
  readonly #sql: Sql;
  readonly #values: Remembered<number>;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.#values = new Remembered(sql);
  }

  raise(ns: string, name: string): number {
    const [value] = this.#sql.row<[number]>(RAISE, ns, name) ?? [];
    if (value === undefined) throw new Error(`the fence ${name} gave no value`);
    this.#values.set(`${ns}/${name}`, value);
    return value;
  }

  /** A fence that nobody raised has the value 0. */
  allows(ns: string, guard: FenceGuard | undefined): boolean {
    return guard === undefined || this.#value(ns, guard.name) === guard.value;
  }

  #value(ns: string, name: string): number {
    const known = this.#values.get(`${ns}/${name}`);
    if (known !== undefined) return known;
    const [value] = this.#sql.row<[number]>(READ, ns, name) ?? [0];
    this.#values.set(`${ns}/${name}`, value);
    return value;
  }
}
