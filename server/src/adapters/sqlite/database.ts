/**
 * Opens the store's file: the folder and the file for this user only, one relay at a time. A damaged file is replaced by
 * what can be read of it. What stands in the way is thrown as an Error whose message is one line with what to do.
 */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Recovery } from '../../ports/store.ts';
import { type JournalContent, journalOf, readJournal } from './journal.ts';
import {
  adoptRecovered,
  type Finding,
  lastRecovery,
  putAside,
  recover,
  syncFolder,
  tellOfJournal,
} from './recovery.ts';
import { PAGE_SIZE } from './salvage/pages.ts';
import { migrate } from './schema.ts';
import { Sql } from './sql.ts';

/** How long a relay that is just stopping may keep its lock. */
const LOCK_WAIT_MS = 1000;

/** Pages are written whole: small ones make a question and its answer 0.4 ms faster, for a tenth of the frames of a flood. */
const LAYOUT = `
  PRAGMA page_size = ${PAGE_SIZE};
  PRAGMA auto_vacuum = INCREMENTAL;
`;

const SETTINGS = `
  PRAGMA busy_timeout = ${LOCK_WAIT_MS};
  ${LAYOUT}
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -8000;
`;

const NOTED = 'SELECT lineage, applied FROM journal';

/** What is acknowledged is flushed with the journal; the file is brought to the disk before the journal begins again. */
const LAZY = `
  PRAGMA synchronous = NORMAL;
  PRAGMA wal_autocheckpoint = 0;
`;

/**
 * The driver closes a connection when its last statement is collected, at some later time. A file that is to be renamed
 * is therefore written without a lock that stays and without a log that would be removed by its name.
 */
const BUILD_SETTINGS = `
  ${LAYOUT}
  PRAGMA journal_mode = DELETE;
  PRAGMA synchronous = FULL;
  PRAGMA temp_store = MEMORY;
`;

/** The file is damaged. Its originals are put aside; the thread that found it must end before anything else is done. */
export class Damaged extends Error {
  readonly finding: Finding;

  constructor(finding: Finding, cause: unknown) {
    super(`the store is damaged: ${finding.detail}`, { cause });
    this.finding = finding;
  }
}

export interface OpenedDatabase {
  readonly sql: Sql;
  /** What was acknowledged and may not be in the file. */
  readonly journal: JournalContent;
  /** Set while the originals of a recovery, this one or an earlier one, are put aside. */
  readonly recovered: Recovery | undefined;
}

/** Throws Damaged, or an Error of one line. With the finding of an earlier attempt, recovers first. */
export function openDatabase(file: string, finding?: Finding): OpenedDatabase {
  const folder = dirname(file);
  makePrivate(folder);
  try {
    if (finding !== undefined && !recover(file, finding, createEmpty)) throw unreadable(file, finding.detail);
    adoptRecovered(file);
    if (!existsSync(file)) {
      if (hasRest(file)) throw incomplete(file);
      createWhole(file);
    }
    const sql = open(file);
    const [lineage = 0, applied = 0] = sql.row<[number, number]>(NOTED) ?? [];
    const journal = readJournal(journalOf(file), { lineage, applied });
    if (journal.damaged) tellOfJournal(file);
    return { sql, journal, recovered: lastRecovery(file) };
  } catch (error) {
    if (error instanceof Damaged) throw error;
    throw new Error(reason(error, { folder, file }), { cause: error });
  }
}

function open(file: string): Sql {
  let sql: Sql | undefined;
  try {
    const wasCut = hasRest(file);
    refuseEmpty(file);
    sql = connect(file);
    sql.exec(SETTINGS);
    migrate(sql);
    sql.exec(LAZY);
    check(sql, { wasCut });
    return sql;
  } catch (error) {
    const verdict = damageOf(error);
    // Copied before the connection is closed, which would write the log into the damaged file.
    const finding = verdict === undefined ? undefined : putAside(file, { verdict, detail: detailOf(error) });
    sql?.close();
    if (finding === undefined) throw error;
    throw new Damaged(finding, error);
  }
}

/** A new file gets its name when it is complete, so that an empty one is never taken for new. */
function createWhole(file: string): void {
  const next = `${file}.new`;
  createEmpty(next).close();
  renameSync(next, file);
  syncFolder(dirname(file));
}

/** In place of whatever was there. */
function createEmpty(file: string): Sql {
  for (const left of [file, `${file}-journal`]) rmSync(left, { force: true });
  const sql = connect(file);
  sql.exec(BUILD_SETTINGS);
  migrate(sql);
  return sql;
}

function connect(file: string): Sql {
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  return new Sql(file);
}

/** Writes what the log of the file still holds into the file, when that is `whole`, and gives up the lock. */
export function closeDatabase(sql: Sql, { whole }: { whole: boolean }): void {
  try {
    if (whole) sql.rows('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    sql.close();
  }
}

function makePrivate(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new Error(unwritable(folder, codeOf(cause)), { cause });
  }
}

/** Whether the last relay on this file stopped without closing it. */
function hasRest(file: string): boolean {
  return [`${file}-wal`, journalOf(file)].some((path) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0);
}

/** After an orderly stop the cheap check, 0.2 ms for each MB; after any other the full one, twice that. */
function check(sql: Sql, { wasCut }: { wasCut: boolean }): void {
  const [verdict = ''] = sql.row<[string]>(wasCut ? 'PRAGMA integrity_check(1)' : 'PRAGMA quick_check(1)') ?? [];
  if (verdict !== 'ok') throw damage(verdict);
}

/** SQLite takes an empty file for a new store; a file of ours is never empty. */
function refuseEmpty(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) throw damage('the file is empty');
}

const UNREADABLE = 'UNREADABLE';

function unreadable(file: string, detail: string): Error {
  const message =
    `The store ${file} is damaged (${detail}) and nothing of it can be read. Put a backup in its place with ` +
    '`treeline relay restore`, or move it away to begin with an empty one.';
  return Object.assign(new Error(message), { code: UNREADABLE });
}

function incomplete(file: string): Error {
  const message =
    `The store ${file} is missing, and what belongs to it is still beside it (${basename(file)}-redo or -wal). Put the file ` +
    'back, or move these away too to begin with an empty store.';
  return Object.assign(new Error(message), { code: UNREADABLE });
}

function damage(detail: string): Error {
  return Object.assign(new Error(detail), { code: 'SQLITE_CORRUPT' });
}

/** One word for the name of a folder; undefined when the file is not damaged. */
function damageOf(error: unknown): string | undefined {
  const code = codeOf(error);
  if (code.startsWith('SQLITE_NOTADB')) return 'not-a-database';
  return code.startsWith('SQLITE_CORRUPT') || isSchemaDamage(error) ? 'corrupt' : undefined;
}

/** A damaged schema page makes SQLite miss a table, or the file look as if it had taken no step. */
function isSchemaDamage(error: unknown): boolean {
  return error instanceof Error && /malformed|no such table|already exists/.test(error.message);
}

function reason(error: unknown, { folder, file }: { folder: string; file: string }): string {
  const code = codeOf(error);
  if (code === UNREADABLE && error instanceof Error) return error.message;
  const detail = detailOf(error);
  if (code.startsWith('SQLITE_BUSY')) {
    return `Another relay is using the data folder ${folder}. Stop it, or choose another folder with --data-dir.`;
  }
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|FULL|IOERR)/.test(code)) return unwritable(folder, `${code}: ${detail}`);
  if (!code.startsWith('SQLITE') && error instanceof Error && 'syscall' in error) return unwritable(folder, code);
  return `The store ${file} cannot be opened: ${detail}.`;
}

function unwritable(folder: string, why: string): string {
  return `The data folder ${folder} cannot be written (${why}). Let this user write to it, or choose another folder with --data-dir.`;
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
