/** Logs: frames under (owner, epoch, last sequence), so that the order of the table is the order of the log. */
import type { Frame, FrameId, Position } from '@treeline/shared';
import type { AppendResult, LogHead, LogQuery } from '../../ports/store.ts';
import type { Owner } from './calls.ts';
import { EMPTY, headAfter, judge, lastOf } from './follow.ts';
import { Trimmed } from './trimmed.ts';
import { nameOf, type Owners } from './owners.ts';
import { Remembered } from './remembered.ts';
import type { Sql } from './sql.ts';

type Row = [epoch: number, last: number, first: number, kind: Frame['kind'], id: FrameId, body: string];

const COLUMNS = 'epoch, last, first, kind, id, body';
const HEAD = 'SELECT epoch, last, id FROM frame WHERE owner = ? ORDER BY epoch DESC, last DESC LIMIT 1';
const AT = 'SELECT id FROM frame WHERE owner = ? AND epoch = ? AND last = ?';
const ADD = `INSERT INTO frame (owner, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`;
const READ = `SELECT ${COLUMNS} FROM frame WHERE owner = ? AND (epoch, last) > (?, ?) ORDER BY epoch, last LIMIT ?`;
const TAIL = `SELECT ${COLUMNS} FROM frame WHERE owner = ? ORDER BY epoch DESC, last DESC LIMIT ?`;

interface End {
  /** Undefined: there is neither inbox nor log yet. */
  readonly owner: number | undefined;
  readonly head: LogHead;
}

export class Logs {
  readonly #sql: Sql;
  readonly #owners: Owners;
  readonly #trimmed: Trimmed;
  readonly #ends: Remembered<End>;

  constructor(sql: Sql, owners: Owners) {
    this.#sql = sql;
    this.#owners = owners;
    this.#trimmed = new Trimmed(sql);
    this.#ends = new Remembered(sql);
  }

  head(of: Owner): LogHead {
    return this.#end(of).head;
  }

  /** The log is gone. */
  forget(of: Owner): void {
    this.#ends.forget(nameOf(of));
  }

  /**
   * What would become of each, if those before it that fit were there. Those of one session fit up to the first that is
   * refused: what follows it may fit by chance behind frames of somebody else. Writes nothing.
   */
  judge(ns: string, frames: readonly Frame[]): AppendResult[] {
    const ahead = new Map<string, Frame[]>();
    const refused = new Map<string, LogHead>();
    return frames.map((frame) => {
      const stop = refused.get(frame.session);
      if (stop !== undefined) return { status: 'gap', head: stop };
      const { owner, head: stored } = this.#end({ ns, session: frame.session });
      const before = ahead.get(frame.session) ?? [];
      const last = before.at(-1);
      const head = last === undefined ? stored : headAfter(last);
      const status = judge(frame, head, {
        stored: () => endingWith(frame, before)?.id ?? this.#at(owner, frame),
        trimmed: () => this.#trimmed.of(owner),
      });
      if (status === 'duplicate') return { status, head };
      if (status !== 'appended') {
        refused.set(frame.session, head);
        return { status, head };
      }
      ahead.set(frame.session, [...before, frame]);
      return { status, head: headAfter(frame) };
    });
  }

  /** Of a frame that fits. */
  append(ns: string, frame: Frame): void {
    const of = { ns, session: frame.session };
    const { epoch, first, kind, id, body } = frame;
    const owner = this.#end(of).owner ?? this.#owners.findOrMake(of);
    this.#sql.run(ADD, owner, epoch, lastOf(frame), first, kind, id, body);
    this.#ends.set(nameOf(of), { owner, head: headAfter(frame) });
  }

  read(of: Owner, { after = EMPTY, limit }: LogQuery): Frame[] {
    const owner = this.#owners.find(of);
    if (owner === undefined) return [];
    return this.#sql.rows<Row>(READ, owner, after.epoch, after.seq, limit).map((row) => toFrame(of, row));
  }

  tail(of: Owner, limit: number): Frame[] {
    const owner = this.#owners.find(of);
    if (owner === undefined) return [];
    return this.#sql
      .rows<Row>(TAIL, owner, limit)
      .map((row) => toFrame(of, row))
      .toReversed();
  }

  trim(of: Owner, upTo: Position): void {
    const { owner, head } = this.#end(of);
    if (owner !== undefined) this.#trimmed.trim(owner, { upTo, head });
  }

  trimmedTo(of: Owner): Position {
    return this.#trimmed.of(this.#owners.find(of));
  }

  #end(of: Owner): End {
    const known = this.#ends.get(nameOf(of));
    if (known !== undefined) return known;
    const owner = this.#owners.find(of);
    if (owner === undefined) return { owner, head: EMPTY };
    const end = { owner, head: this.#headOf(owner) };
    this.#ends.set(nameOf(of), end);
    return end;
  }

  #headOf(owner: number): LogHead {
    const row = this.#sql.row<[number, number, FrameId]>(HEAD, owner);
    return row === undefined ? EMPTY : { epoch: row[0], seq: row[1], frame: row[2] };
  }

  #at(owner: number | undefined, frame: Frame): FrameId | undefined {
    return owner === undefined ? undefined : this.#sql.row<[FrameId]>(AT, owner, frame.epoch, lastOf(frame))?.[0];
  }
}

function endingWith(frame: Frame, others: readonly Frame[]): Frame | undefined {
  return others.find((it) => it.epoch === frame.epoch && lastOf(it) === lastOf(frame));
}

function toFrame({ session }: Owner, [epoch, last, first, kind, id, body]: Row): Frame {
  return { id, session, epoch, first, count: last - first + 1, kind, body };
}
