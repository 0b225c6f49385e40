/**
 * The tables, as a list of steps. `PRAGMA user_version` counts the steps a file has taken; a step is never changed once
 * it was released, a new one is added after it.
 */
import type { Sql } from './sql.ts';

const STEPS: readonly string[] = [
  `
  CREATE TABLE record (
    ns TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
    version INTEGER NOT NULL,
    json TEXT NOT NULL,
    entries TEXT NOT NULL,              -- JSON [[name, value], …]: its rows in index_entry
    PRIMARY KEY (ns, kind, id)
  ) WITHOUT ROWID;

  CREATE TABLE index_entry (
    ns TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (ns, kind, name, value, id)
  ) WITHOUT ROWID;

  CREATE TABLE timer (
    ns TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (ns, kind, id, name)
  ) WITHOUT ROWID;
  CREATE INDEX timer_due ON timer (at);

  CREATE TABLE fence (
    ns TEXT NOT NULL, name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (ns, name)
  ) WITHOUT ROWID;

  -- A session that has an inbox or a log, under a number that keeps the keys below small.
  CREATE TABLE owner (
    number INTEGER PRIMARY KEY,
    ns TEXT NOT NULL, session TEXT NOT NULL,
    positions INTEGER NOT NULL,         -- inbox positions given so far
    UNIQUE (ns, session)
  );

  CREATE TABLE inbox (
    owner INTEGER NOT NULL, position INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (owner, position)
  ) WITHOUT ROWID;

  CREATE TABLE frame (
    owner INTEGER NOT NULL, epoch INTEGER NOT NULL, last INTEGER NOT NULL,
    first INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (owner, epoch, last)
  ) WITHOUT ROWID;
  `,
  `
  -- The last record of a log that was removed for its age.
  CREATE TABLE trimmed (
    owner INTEGER NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (owner)
  ) WITHOUT ROWID;
  `,
  `
  -- One row: the number by which the journal beside the file knows it, and the last entry of it that is in the tables.
  CREATE TABLE journal (lineage INTEGER NOT NULL, applied INTEGER NOT NULL);
  INSERT INTO journal VALUES (abs(random() % 140737488355327), 0);
  `,
];

/** Of a file that has taken every step. */
export const FORMAT = STEPS.length;

/** Takes the steps that the file has not taken. Throws when it was made by a later version of Treeline. */
export function migrate(sql: Sql): void {
  const [taken = 0] = sql.row<[number]>('PRAGMA user_version') ?? [];
  if (taken > STEPS.length) {
    throw new Error(`a newer Treeline wrote it (format ${taken}; this one knows ${STEPS.length}): run that one`);
  }
  if (taken === STEPS.length) return;
  sql.transaction(() => {
    for (const step of STEPS.slice(taken)) sql.exec(step);
    rewriteFormat(sql);
  });
}

/** A write that changes nothing in a file that is up to date. */
export function rewriteFormat(sql: Sql): void {
  sql.exec(`PRAGMA user_version = ${STEPS.length}`);
}
