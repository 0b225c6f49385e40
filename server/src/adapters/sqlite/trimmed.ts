/** What was removed from the beginning of logs. */
import type { Position } from '@treeline/shared';
import { EMPTY } from './follow.ts';
import type { Sql } from './sql.ts';

const OF = 'SELECT epoch, seq FROM trimmed WHERE owner = ?';
const LAST = `SELECT epoch, last FROM frame WHERE owner = ? AND (epoch, last) <= (?, ?) AND (epoch, last) < (?, ?)
  ORDER BY epoch DESC, last DESC LIMIT 1`;
const REMOVE = 'DELETE FROM frame WHERE owner = ? AND (epoch, last) <= (?, ?)';
const NOTE = `INSERT INTO trimmed (owner, epoch, seq) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq`;

export class Trimmed {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  of(owner: number | undefined): Position {
    const row = owner === undefined ? undefined : this.#sql.row<[number, number]>(OF, owner);
    return row === undefined ? { epoch: EMPTY.epoch, seq: EMPTY.seq } : { epoch: row[0], seq: row[1] };
  }

  /** The frame at the head stays: what follows is compared with it. */
  trim(owner: number, { upTo, head }: { upTo: Position; head: Position }): void {
    const last = this.#sql.row<[number, number]>(LAST, owner, upTo.epoch, upTo.seq, head.epoch, head.seq);
    if (last === undefined) return;
    this.#sql.run(REMOVE, owner, ...last);
    this.#sql.run(NOTE, owner, ...last);
  }
}
