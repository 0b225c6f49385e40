/** Records, their versions and their indexes. */
import type { Kind, ListQuery, Ref } from '../../ports/store.ts';
import type { IndexEntry, PutRow, RecordRow } from './calls.ts';
import { Remembered } from './remembered.ts';
import type { Sql } from './sql.ts';

type Row = [id: string, version: number, json: string];
/** Of a record that is not there: 0 and no entries. */
type Head = readonly [version: number, entries: string];

const NONE: Head = [0, '[]'];

const GET = 'SELECT id, version, json FROM record WHERE ns = ? AND kind = ? AND id = ?';
const HEAD = 'SELECT version, entries FROM record WHERE ns = ? AND kind = ? AND id = ?';
const PUT = `INSERT INTO record (ns, kind, id, version, json, entries) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET version = excluded.version, json = excluded.json, entries = excluded.entries`;
const REMOVE = 'DELETE FROM record WHERE ns = ? AND kind = ? AND id = ?';
const ADD_ENTRY = 'INSERT OR IGNORE INTO index_entry (ns, kind, name, value, id) VALUES (?, ?, ?, ?, ?)';
const REMOVE_ENTRY = 'DELETE FROM index_entry WHERE ns = ? AND kind = ? AND name = ? AND value = ? AND id = ?';
const COUNT = 'SELECT count(*) FROM index_entry WHERE ns = ? AND kind = ? AND name = ? AND value = ?';

export class Records {
  readonly #sql: Sql;
  readonly #heads: Remembered<Head>;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.#heads = new Remembered(sql);
  }

  get(ns: string, { kind, id }: Ref): RecordRow | undefined {
    const row = this.#sql.row<Row>(GET, ns, kind, id);
    return row && toRecord(row);
  }

  /** 0 when there is none. */
  version(ns: string, ref: Ref): number {
    return this.#head(ns, ref)[0];
  }

  list({ ns, kind, index, value, limit, after, order = 'asc' }: ListQuery): RecordRow[] {
    const byIndex = index !== undefined && value !== undefined;
    const values = [ns, kind, ...(byIndex ? [index, value] : []), ...(after === undefined ? [] : [after]), limit];
    return this.#sql.rows<Row>(listText({ byIndex, paged: after !== undefined, order }), ...values).map(toRecord);
  }

  count(ns: string, kind: string, [name, value]: IndexEntry): number {
    return this.#sql.row<[number]>(COUNT, ns, kind, name, value)?.[0] ?? 0;
  }

  put(ns: string, { kind, id, expect, json, entries }: PutRow): void {
    const text = JSON.stringify(entries);
    this.#replaceEntries(ns, { kind, id }, text, entries);
    this.#sql.run(PUT, ns, kind, id, expect + 1, json, text);
    this.#heads.set(`${ns}/${kind}/${id}`, [expect + 1, text]);
  }

  remove(ns: string, { kind, id }: Ref): void {
    this.#replaceEntries(ns, { kind, id }, '[]', []);
    this.#sql.run(REMOVE, ns, kind, id);
    this.#heads.forget(`${ns}/${kind}/${id}`);
  }

  #head(ns: string, { kind, id }: Ref): Head {
    const name = `${ns}/${kind}/${id}`;
    const known = this.#heads.get(name);
    if (known !== undefined) return known;
    const found = this.#sql.row<[number, string]>(HEAD, ns, kind, id);
    if (found !== undefined) this.#heads.set(name, found);
    return found ?? NONE;
  }

  /** Most puts leave the indexes as they are: `text` says so without looking at each. */
  #replaceEntries(ns: string, { kind, id }: Ref, text: string, entries: readonly IndexEntry[]): void {
    const [, before] = this.#head(ns, { kind, id });
    if (before === text) return;
    const old = JSON.parse(before) as IndexEntry[];
    for (const [name, value] of without(old, entries)) this.#sql.run(REMOVE_ENTRY, ns, kind, name, value, id);
    for (const [name, value] of without(entries, old)) this.#sql.run(ADD_ENTRY, ns, kind, name, value, id);
  }
}

const toRecord = ([id, version, json]: Row): RecordRow => ({ id, version, json });

function without(entries: readonly IndexEntry[], others: readonly IndexEntry[]): IndexEntry[] {
  return entries.filter(([name, value]) => !others.some((other) => other[0] === name && other[1] === value));
}

function listText({ byIndex, paged, order }: { byIndex: boolean; paged: boolean; order: 'asc' | 'desc' }): string {
  const from = byIndex
    ? `index_entry AS e CROSS JOIN record AS r ON r.ns = e.ns AND r.kind = e.kind AND r.id = e.id
       WHERE e.ns = ? AND e.kind = ? AND e.name = ? AND e.value = ?`
    : 'record AS r WHERE r.ns = ? AND r.kind = ?';
  const id = byIndex ? 'e.id' : 'r.id';
  const page = paged ? `AND ${id} ${order === 'asc' ? '>' : '<'} ?` : '';
  return `SELECT r.id, r.version, r.json FROM ${from} ${page} ORDER BY ${id} ${order} LIMIT ?`;
}

/** What a conflict is on, as people read it. */
export const nameOf = ({ kind, id }: { readonly kind: Kind; readonly id: string }): string => `${kind} ${id}`;
