/** A copy of the store in one file, and putting such a copy in the place of a store. */
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { journalOf } from './journal.ts';
import { syncFolder } from './recovery.ts';
import { FORMAT } from './schema.ts';
import { Sql } from './sql.ts';

const REPLACED = '.replaced';

/** Takes the place of an older file of that name when it is complete. No other call is answered meanwhile. */
export function backUp(sql: Sql, file: string): void {
  const next = `${file}.new`;
  rmSync(next, { force: true });
  // SQLite takes an empty file as it is; made here, nobody else can read it.
  closeSync(openSync(next, 'wx', 0o600));
  try {
    sql.run('VACUUM INTO ?', next);
    syncFile(next);
    renameSync(next, file);
    syncFolder(dirname(file));
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

export interface RestoreOptions {
  /** The backup. */
  readonly from: string;
  /** The store that it becomes. */
  readonly file: string;
  /** A store that is there is moved aside instead of refused. */
  readonly replace: boolean;
}

/**
 * Checks the backup whole, then puts a copy of it in the place of the store. Throws an Error of one line when the backup
 * is none or is damaged, a relay uses the store, or there is one and `replace` is not set; then nothing is changed.
 * Returns the folder to which an earlier store was moved. For a process that opens no store afterwards.
 */
export function restore({ from, file, replace }: RestoreOptions): { replaced: string | undefined } {
  if (!existsSync(from)) throw new Error(`There is no file ${from}.`);
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const next = `${file}.restoring`;
  rmSync(next, { force: true });
  try {
    copyFileSync(from, next);
    chmodSync(next, 0o600);
    checkBackup(next, from);
    syncFile(next);
    refuseRunning(file);
    const there = [file, `${file}-wal`, journalOf(file)].filter((path) => existsSync(path));
    if (there.length > 0 && !replace)
      throw new Error(`There is a store in ${folder} already: with --yes it is moved aside, to ${REPLACED}/.`);
    const replaced = moveAside(there, folder);
    renameSync(next, file);
    syncFolder(folder);
    return { replaced };
  } finally {
    rmSync(next, { force: true });
  }
}

function checkBackup(copy: string, from: string): void {
  const sql = new Sql(copy);
  try {
    const [format = 0] = sql.row<[number]>('PRAGMA user_version') ?? [];
    const tables = sql.rows<[string]>("SELECT name FROM sqlite_schema WHERE type = 'table'").map(([name]) => name);
    const [verdict = ''] = sql.row<[string]>('PRAGMA integrity_check(1)') ?? [];
    if (format > FORMAT)
      throw new Error(`it was made by a newer Treeline (format ${format}; this one knows ${FORMAT})`);
    if (format === 0 || !['record', 'frame', 'inbox'].every((name) => tables.includes(name)))
      throw new Error('it is no store of Treeline');
    if (verdict !== 'ok') throw new Error(`it is damaged: ${verdict}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${from} cannot be restored: ${why}.`, { cause: error });
  } finally {
    sql.close();
  }
}

/** A relay holds its file exclusively. What cannot be opened for another reason is nobody's. */
function refuseRunning(file: string): void {
  if (!existsSync(file)) return;
  const sql = new Sql(file);
  try {
    // Not one prepared statement, so that the connection is closed when it is closed.
    sql.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; ROLLBACK');
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')) {
      throw new Error(`A relay is running on ${dirname(file)}: stop it first.`, { cause: error });
    }
  } finally {
    sql.close();
  }
}

function moveAside(files: readonly string[], folder: string): string | undefined {
  if (files.length === 0) return undefined;
  const time = new Date()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  const aside = join(folder, REPLACED, time);
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  for (const file of files) if (existsSync(file)) renameSync(file, join(aside, basename(file)));
  return aside;
}

function syncFile(file: string): void {
  const fd = openSync(file, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
