import type { SessionId } from '@treeline/shared';
import type { InboxRow, Owner } from './calls.ts';
import { nameOf, type Owners } from './owners.ts';
import { Remembered } from './remembered.ts';
import type { Sql } from './sql.ts';

const LAST = 'SELECT positions FROM owner WHERE number = ?';
const RAISE = 'UPDATE owner SET positions = max(positions, ?) WHERE number = ?';
const GIVEN = 'UPDATE owner SET positions = ? WHERE number = ?';
const ADD = 'INSERT INTO inbox (owner, position, json) VALUES (?, ?, ?)';
const READ = 'SELECT position, json FROM inbox WHERE owner = ? AND position > ? ORDER BY position LIMIT ?';
const TRIM = 'DELETE FROM inbox WHERE owner = ? AND position <= ?';

export class Inboxes {
  readonly #sql: Sql;
  readonly #owners: Owners;
  readonly #lasts: Remembered<number>;

  constructor(sql: Sql, owners: Owners) {
    this.#sql = sql;
    this.#owners = owners;
    this.#lasts = new Remembered(sql);
  }

  /** The positions that these get, one after the other, when those up to `raised` count as given. Writes nothing. */
  next(ns: string, sessions: readonly SessionId[], raised: ReadonlyMap<SessionId, number>): number[] {
    const given = new Map<SessionId, number>();
    return sessions.map((session) => {
      const last = given.get(session) ?? Math.max(this.#last({ ns, session }), raised.get(session) ?? 0);
      given.set(session, last + 1);
      return last + 1;
    });
  }

  /** At the position that next() said. */
  add(of: Owner, { position, json }: InboxRow): void {
    const owner = this.#owners.findOrMake(of);
    this.#sql.run(GIVEN, position, owner);
    this.#sql.run(ADD, owner, position, json);
    this.#lasts.set(nameOf(of), position);
  }

  raise(of: Owner, to: number): void {
    this.#lasts.forget(nameOf(of));
    this.#sql.run(RAISE, to, this.#owners.findOrMake(of));
  }

  /** Its inbox is gone. */
  forget(of: Owner): void {
    this.#lasts.forget(nameOf(of));
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

  /** The last position that was given, or 0. */
  #last(of: Owner): number {
    const known = this.#lasts.get(nameOf(of));
    if (known !== undefined) return known;
    const owner = this.#owners.find(of);
    const last = owner === undefined ? 0 : (this.#sql.row<[number]>(LAST, owner)?.[0] ?? 0);
    this.#lasts.set(nameOf(of), last);
    return last;
  }
}
