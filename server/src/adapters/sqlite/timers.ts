import type { DueTimer, Kind, Timer } from '../../ports/store.ts';
import type { Sql } from './sql.ts';

type Row = [ns: string, kind: Kind, id: string, name: string, at: number];

const SET = `INSERT INTO timer (ns, kind, id, name, at) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET at = excluded.at`;
const CLEAR = 'DELETE FROM timer WHERE ns = ? AND kind = ? AND id = ? AND name = ?';
const DUE = 'SELECT ns, kind, id, name, at FROM timer WHERE at <= ? ORDER BY at LIMIT ?';
const NEXT = 'SELECT min(at) FROM timer';

export class Timers {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  set(ns: string, { kind, id, name, at }: Timer & { readonly at: number }): void {
    this.#sql.run(SET, ns, kind, id, name, at);
  }

  clear(ns: string, { kind, id, name }: Timer): void {
    this.#sql.run(CLEAR, ns, kind, id, name);
  }

  claimDue(now: number, limit: number, holdForMs: number): DueTimer[] {
    const due = this.#sql.rows<Row>(DUE, now, limit).map(([ns, kind, id, name, at]) => ({ ns, kind, id, name, at }));
    for (const timer of due) this.set(timer.ns, { ...timer, at: now + holdForMs });
    return due;
  }

  next(): number | undefined {
    return this.#sql.row<[number | null]>(NEXT)?.[0] ?? undefined;
  }
}
