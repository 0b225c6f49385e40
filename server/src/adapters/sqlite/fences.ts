import type { FenceGuard } from '../../ports/store.ts';
import type { Sql } from './sql.ts';

const RAISE = `INSERT INTO fence (ns, name, value) VALUES (?, ?, 1)
  ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value`;
const READ = 'SELECT value FROM fence WHERE ns = ? AND name = ?';

export class Fences {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  raise(ns: string, name: string): number {
    const [value] = this.#sql.row<[number]>(RAISE, ns, name) ?? [];
    if (value === undefined) throw new Error(`the fence ${name} gave no value`);
    return value;
  }

  /** A fence that nobody raised has the value 0. */
  allows(ns: string, guard: FenceGuard | undefined): boolean {
    return guard === undefined || (this.#sql.row<[number]>(READ, ns, guard.name)?.[0] ?? 0) === guard.value;
  }
}
