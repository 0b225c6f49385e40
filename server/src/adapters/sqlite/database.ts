/**
 * Opens the store's file: the folder and the file for this user only, one relay at a time, every commit on the disk
 * before it is acknowledged. What stands in the way is thrown as an Error whose message is one line with what to do.
 */
import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { migrate } from './schema.ts';
import { Sql } from './sql.ts';

/** How long a relay that is just stopping may keep its lock. */
const LOCK_WAIT_MS = 1000;

/** Pages are written whole: 8 KiB measured best for frames of 16 KiB beside small records. */
const SETTINGS = `
  PRAGMA busy_timeout = ${LOCK_WAIT_MS};
  PRAGMA page_size = 8192;
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -8000;
`;

export function openDatabase(file: string): Sql {
  const folder = dirname(file);
  makePrivate(folder, file);
  const wasCut = hasRest(file);
  try {
    const sql = new Sql(file);
    sql.exec(SETTINGS);
    migrate(sql);
    if (wasCut) check(sql);
    return sql;
  } catch (error) {
    throw new Error(reason(error, { folder, file }), { cause: error });
  }
}

/** Writes what the log of the file still holds into the file and gives up the lock. */
export function closeDatabase(sql: Sql): void {
  try {
    sql.rows('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    sql.close();
  }
}

function makePrivate(folder: string, file: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
  } catch (cause) {
    throw new Error(unwritable(folder, codeOf(cause)), { cause });
  }
}

/** Whether the last relay on this file stopped without closing it. */
function hasRest(file: string): boolean {
  return (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function check(sql: Sql): void {
  const [verdict = ''] = sql.row<[string]>('PRAGMA quick_check(1)') ?? [];
  if (verdict !== 'ok') throw Object.assign(new Error(verdict), { code: 'SQLITE_CORRUPT' });
}

function reason(error: unknown, { folder, file }: { folder: string; file: string }): string {
  const code = codeOf(error);
  const detail = error instanceof Error ? error.message : String(error);
  if (code.startsWith('SQLITE_BUSY')) {
    return `Another relay is using the data folder ${folder}. Stop it, or choose another folder with --data-dir.`;
  }
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|FULL|IOERR)/.test(code)) return unwritable(folder, `${code}: ${detail}`);
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
    return `The store ${file} is damaged (${detail}). Put a backup in its place, or move it away to begin with an empty one.`;
  }
  return `The store ${file} cannot be opened: ${detail}.`;
}

function unwritable(folder: string, why: string): string {
  return `The data folder ${folder} cannot be written (${why}). Let this user write to it, or choose another folder with --data-dir.`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
