/** Copies what can be read of a damaged file, row by row, into a new one, and counts what is missing in between. */
import type { Sql } from '../sql.ts';
import { cellsOf } from './cells.ts';
import { MEND } from './mend.ts';
import { openPages, type Pages } from './pages.ts';
import { rowOf, type Row } from './rows.ts';

export interface Salvaged {
  readonly kept: { readonly records: number; readonly frames: number; readonly inbox: number };
  readonly lost: {
    /** Pages of the file that are missing, or on which something could not be read. */
    readonly pages: number;
    /** Records that an index still names, as `<kind> <id>`. */
    readonly records: readonly string[];
    /** Events and facts missing inside of logs; a log cut at its end is seen only by its runner. */
    readonly events: number;
    readonly inbox: number;
    /** Sessions whose log or inbox has a gap. */
    readonly sessions: readonly string[];
  };
}

const PUT: Readonly<Record<Exclude<Row['table'], 'owner' | 'index_entry'>, string>> = {
  record: `INSERT INTO record (ns, kind, id, version, json, entries) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET version = excluded.version, json = excluded.json, entries = excluded.entries
    WHERE excluded.version > version`,
  timer: `INSERT INTO timer (ns, kind, id, name, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  fence: `INSERT INTO fence (ns, name, value) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET value = max(value, excluded.value)`,
  inbox: 'INSERT OR IGNORE INTO inbox (owner, position, json) VALUES (?, ?, ?)',
  frame: 'INSERT OR IGNORE INTO frame (owner, epoch, last, first, kind, id, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
  trimmed: `INSERT INTO trimmed (owner, epoch, seq) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq
    WHERE (excluded.epoch, excluded.seq) > (epoch, seq)`,
};

const PUT_OWNER = `INSERT INTO owner (number, ns, session, positions) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET positions = max(positions, excluded.positions)`;

/** Indexes are made anew from the records; what belongs to no session that is known can be found by nobody. */
const COMPLETE = `
  DELETE FROM inbox WHERE owner NOT IN (SELECT number FROM owner);
  DELETE FROM frame WHERE owner NOT IN (SELECT number FROM owner);
  DELETE FROM trimmed WHERE owner NOT IN (SELECT number FROM owner);
  -- A page that is used no more may still hold frames that were removed.
  DELETE FROM frame WHERE (epoch, last) <= (SELECT epoch, seq FROM trimmed WHERE trimmed.owner = frame.owner);
  INSERT OR IGNORE INTO index_entry (ns, kind, name, value, id)
    SELECT record.ns, record.kind, e.value ->> 0, e.value ->> 1, record.id FROM record, json_each(record.entries) AS e;
  UPDATE owner SET positions = max(
    positions,
    coalesce((SELECT max(position) FROM inbox WHERE owner = number), 0),
    coalesce((SELECT r.json ->> '$.inbox.last' FROM record AS r
      WHERE r.ns = owner.ns AND r.kind = 'session' AND r.id = owner.session), 0)
  );
`;

const FRAME_GAPS = `
  SELECT owner.session, sum(gap) FROM (
    SELECT owner AS number, first - 1 - coalesce(
      lag(last) OVER (PARTITION BY owner, epoch ORDER BY last),
      (SELECT seq FROM trimmed WHERE trimmed.owner = frame.owner AND trimmed.epoch = frame.epoch), 0) AS gap
    FROM frame
  ) JOIN owner USING (number) WHERE gap > 0 GROUP BY number`;
const INBOX_GAPS = `
  SELECT owner.session, sum(gap) FROM (
    SELECT owner AS number, position - 1 - lag(position) OVER (PARTITION BY owner ORDER BY position) AS gap FROM inbox
    UNION ALL
    SELECT number, positions - (SELECT max(position) FROM inbox WHERE inbox.owner = number) FROM owner
  ) JOIN owner USING (number) WHERE gap > 0 GROUP BY number`;
const NAMED = `SELECT DISTINCT kind || ' ' || id FROM named
  WHERE NOT EXISTS (SELECT 1 FROM record AS r WHERE r.ns = named.ns AND r.kind = named.kind AND r.id = named.id)`;

/** `fresh` has the tables and no rows. Throws only when it cannot be written. */
export function salvage(from: string, fresh: Sql): Salvaged {
  const pages = openPages(from);
  let damaged = 0;
  try {
    fresh.exec('CREATE TEMP TABLE named (ns TEXT, kind TEXT, id TEXT)');
    fresh.transaction(() => {
      for (let number = 1; number <= pages.count; number++) {
        if (!pages.mayHoldRows(number)) continue;
        const page = pages.page(number);
        const { cells, damaged: isDamaged } = page === undefined ? { cells: [], damaged: true } : cellsOf(pages, page);
        if (isDamaged) damaged += 1;
        for (const cell of cells) {
          const row = rowOf(cell);
          if (row !== undefined) put(fresh, row);
        }
      }
      fresh.exec(COMPLETE);
      fresh.exec(MEND);
    });
    damaged += missingPages(pages);
    return report(fresh, damaged);
  } finally {
    pages.close();
  }
}

function put(fresh: Sql, row: Row): void {
  if (row.table === 'owner') fresh.run(PUT_OWNER, row.number, row.ns, row.session, row.positions);
  else if (row.table === 'index_entry') fresh.run('INSERT INTO named VALUES (?, ?, ?)', row.ns, row.kind, row.id);
  else fresh.run(PUT[row.table], ...row.values);
}

/** The header says how many pages there were. */
function missingPages(pages: Pages): number {
  const header = pages.page(1);
  if (header === undefined || header.toString('latin1', 0, 15) !== 'SQLite format 3') return 1;
  return Math.max(0, header.readUInt32BE(28) - pages.count);
}

function report(fresh: Sql, pages: number): Salvaged {
  const count = (table: string) => fresh.row<[number]>(`SELECT count(*) FROM ${table}`)?.[0] ?? 0;
  const frameGaps = fresh.rows<[string, number]>(FRAME_GAPS);
  const inboxGaps = fresh.rows<[string, number]>(INBOX_GAPS);
  const sum = (gaps: readonly [string, number][]) => gaps.reduce((total, [, gap]) => total + gap, 0);
  return {
    kept: { records: count('record'), frames: count('frame'), inbox: count('inbox') },
    lost: {
      pages,
      records: fresh.rows<[string]>(NAMED).map(([name]) => name),
      events: sum(frameGaps),
      inbox: sum(inboxGaps),
      sessions: [...new Set([...frameGaps, ...inboxGaps].map(([session]) => session))],
    },
  };
}
