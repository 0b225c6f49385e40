/** The numbers under which inboxes and logs are kept. */
import type { Owner } from './calls.ts';
import type { Sql } from './sql.ts';

const FIND = 'SELECT number FROM owner WHERE ns = ? AND session = ?';
const MAKE = 'INSERT INTO owner (ns, session, positions) VALUES (?, ?, 0) RETURNING number';
const FORGET = [
  'DELETE FROM inbox WHERE owner = ?',
  'DELETE FROM frame WHERE owner = ?',
  'DELETE FROM trimmed WHERE owner = ?',
  'DELETE FROM owner WHERE number = ?',
];

export class Owners {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  find({ ns, session }: Owner): number | undefined {
    return this.#sql.row<[number]>(FIND, ns, session)?.[0];
  }

  findOrMake(of: Owner): number {
    const number = this.find(of) ?? this.#sql.row<[number]>(MAKE, of.ns, of.session)?.[0];
    if (number === undefined) throw new Error(`no number was given to ${of.session}`);
    return number;
  }

  /** Its inbox and its log go. */
  drop(of: Owner): void {
    const number = this.find(of);
    if (number === undefined) return;
    for (const text of FORGET) this.#sql.run(text, number);
  }
}
