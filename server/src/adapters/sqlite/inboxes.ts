import type { InboxRow, Owner } from './calls.ts';
import type { Owners } from './owners.ts';
import type { Sql } from './sql.ts';

const NEXT = 'UPDATE owner SET positions = positions + 1 WHERE number = ? RETURNING positions';
const RAISE = 'UPDATE owner SET positions = max(positions, ?) WHERE number = ?';
const ADD = 'INSERT INTO inbox (owner, position, json) VALUES (?, ?, ?)';
const READ = 'SELECT position, json FROM inbox WHERE owner = ? AND position > ? ORDER BY position LIMIT ?';
const TRIM = 'DELETE FROM inbox WHERE owner = ? AND position <= ?';

export class Inboxes {
  readonly #sql: Sql;
  readonly #owners: Owners;

  constructor(sql: Sql, owners: Owners) {
    this.#sql = sql;
    this.#owners = owners;
  }

  /** The position it got. */
  add(of: Owner, json: string): number {
    const owner = this.#owners.findOrMake(of);
    const [position] = this.#sql.row<[number]>(NEXT, owner) ?? [];
    if (position === undefined) throw new Error(`no position was given in the inbox of ${of.session}`);
    this.#sql.run(ADD, owner, position, json);
    return position;
  }

  raise(of: Owner, to: number): void {
    this.#sql.run(RAISE, to, this.#owners.findOrMake(of));
  }

  read(of: Owner, after: number, limit: number): InboxRow[] {
    const owner = this.#owners.find(of);
    if (owner === undefined) return [];
    const rows = this.#sql.rows<[number, string]>(READ, owner, after, limit);
    return rows.map(([position, json]) => ({ position, json }));
  }

  trim(of: Owner, upTo: number): void {
    const owner = this.#owners.find(of);
    if (owner !== undefined) this.#sql.run(TRIM, owner, upTo);
  }
}
