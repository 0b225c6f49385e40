/** The numbers under which inboxes and logs are kept. */
import type { Owner } from './calls.ts';
import { Remembered } from './remembered.ts';
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
  readonly #numbers: Remembered<number>;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.#numbers = new Remembered(sql);
  }

  find(of: Owner): number | undefined {
    const known = this.#numbers.get(nameOf(of));
    return known ?? this.#remember(of, this.#sql.row<[number]>(FIND, of.ns, of.session)?.[0]);
  }

  findOrMake(of: Owner): number {
    const number = this.find(of) ?? this.#remember(of, this.#sql.row<[number]>(MAKE, of.ns, of.session)?.[0]);
    if (number === undefined) throw new Error(`no number was given to ${of.session}`);
    return number;
  }

  #remember(of: Owner, number: number | undefined): number | undefined {
    if (number !== undefined) this.#numbers.set(nameOf(of), number);
    return number;
  }

  /** Its inbox and its log go. */
  drop(of: Owner): void {
    const number = this.find(of);
    if (number === undefined) return;
    for (const text of FORGET) this.#sql.run(text, number);
    this.#numbers.forget(nameOf(of));
  }
}

/** Of a session, for what is remembered of it. */
export const nameOf = ({ ns, session }: Owner): string => `${ns}/${session}`;
