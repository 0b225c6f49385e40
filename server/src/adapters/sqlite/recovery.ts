/**
 * What is done about a damaged store: the originals go to `.corrupt/<time>-<verdict>/` beside it, what can be read of
 * them goes on in a new file, and a report beside the originals says what is missing.
 */
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Recovery } from '../../ports/store.ts';
import { frontOf, journalOf, readJournal } from './journal.ts';
import { salvage, type Salvaged } from './salvage/salvage.ts';
import type { Sql } from './sql.ts';

const ASIDE = '.corrupt';
const REPORT = 'report.json';

/** The file with its write-ahead log and the journal; the shared-memory index is made anew from them. */
const parts = (file: string) => [file, `${file}-wal`, journalOf(file)].filter((path) => existsSync(path));

/** What a look at the damaged store found. */
export interface Finding {
  /** Folder that holds the originals. */
  readonly aside: string;
  /** ISO 8601. */
  readonly at: string;
  /** One word. */
  readonly verdict: string;
  readonly detail: string;
}

/** Copies what there is of the store, as it is, to a folder of its own. */
export function putAside(file: string, { verdict, detail }: { verdict: string; detail: string }): Finding {
  const at = new Date().toISOString();
  const time = at.replace(/\.\d+Z$/, 'Z').replaceAll(':', '-');
  const aside = join(dirname(file), ASIDE, `${time}-${verdict}`);
  return orRemoved(aside, () => {
    mkdirSync(aside, { recursive: true, mode: 0o700 });
    for (const part of parts(file)) {
      const copy = join(aside, basename(part));
      copyFileSync(part, copy, constants.COPYFILE_FICLONE);
      chmodSync(copy, 0o600);
    }
    return { aside, at, verdict, detail };
  });
}

/**
 * Puts what can be read of the originals in the place of `file`, which nobody may have open. False when nothing could be
 * read: then nothing is changed, and nothing stays put aside.
 */
export function recover(file: string, finding: Finding, create: (file: string) => Sql): boolean {
  const { aside, at, verdict, detail } = finding;
  const next = `${file}.new`;
  return orRemoved(aside, () => {
    const fresh = create(next);
    const salvaged = salvage(join(aside, basename(file)), fresh);
    const entries = expectJournal(fresh, journalOf(file));
    fresh.close();
    const { records, frames, inbox } = salvaged.kept;
    if (records + frames + inbox + entries === 0) {
      for (const path of [next, aside]) rmSync(path, { recursive: true, force: true });
      return false;
    }
    const report = { at, verdict, lost: inWords(salvaged), detail, ...salvaged.kept, missing: salvaged.lost };
    writeFileSync(join(aside, REPORT), `${JSON.stringify(report, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(next, recoveredName(file));
    return true;
  });
}

/** All of the journal, so many entries, is run again: what the new file has of it already is refused as known. */
function expectJournal(fresh: Sql, path: string): number {
  const front = frontOf(path);
  if (front === undefined) return 0;
  const noted = { lineage: front.lineage, applied: front.seq - 1 };
  fresh.run('UPDATE journal SET lineage = ?, applied = ?', noted.lineage, noted.applied);
  return readJournal(path, noted).entries.length;
}

/** An entry between others cannot be read: the rest goes on, a copy is put aside. */
export function tellOfJournal(file: string): void {
  const detail = 'an entry of its journal cannot be read';
  const { aside, at, verdict } = putAside(file, { verdict: 'journal', detail });
  const report = { at, verdict, lost: 'a part of its last moments', detail };
  writeFileSync(join(aside, REPORT), `${JSON.stringify(report, undefined, 2)}\n`, { mode: 0o600 });
}

/** A failed attempt must not fill the disk with copies when it is tried again and again. */
function orRemoved<T>(aside: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw error;
  }
}

const recoveredName = (file: string) => `${file}.recovered`;

/**
 * Puts a complete `<file>.recovered` in the place of the store. A crash between these steps is made good by the next
 * call: a write-ahead log must never meet a file that is not its own.
 */
export function adoptRecovered(file: string): void {
  const recovered = recoveredName(file);
  if (!existsSync(recovered)) return;
  syncFolder(dirname(file));
  for (const old of [`${file}-wal`, `${file}-shm`]) rmSync(old, { force: true });
  renameSync(recovered, file);
  syncFolder(dirname(file));
}

export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The last recovery of this store whose originals are still put aside. */
export function lastRecovery(file: string): Recovery | undefined {
  const folder = join(dirname(file), ASIDE);
  if (!existsSync(folder)) return undefined;
  const last = readdirSync(folder)
    .toSorted()
    .findLast((name) => existsSync(join(folder, name, REPORT)));
  if (last === undefined) return undefined;
  try {
    const { at, verdict, lost } = JSON.parse(readFileSync(join(folder, last, REPORT), 'utf8')) as Recovery;
    return { at, verdict, lost, aside: join(folder, last) };
  } catch {
    return { at: last.slice(0, 20), verdict: 'unknown', lost: 'its report cannot be read', aside: join(folder, last) };
  }
}

/** Without names: it is shown to whoever asks whether the relay is ready. The report has them. */
function inWords({ lost }: Salvaged): string {
  const words = [
    [lost.records.length, 'record'],
    [lost.events, 'event'],
    [lost.inbox, 'inbox item'],
    [lost.sessions.length, 'session with a gap'],
    [lost.pages, 'unreadable page'],
  ] as const;
  const known = words.filter(([count]) => count > 0).map(([count, what]) => plural(count, what));
  return known.length === 0 ? 'nothing that is known' : known.join(', ');
}

function plural(count: number, what: string): string {
  const [first = '', ...rest] = what.split(' ');
  if (count === 1) return `1 ${what}`;
  return rest[0] === 'with' ? `${count} ${first}s ${rest.join(' ')}` : `${count} ${what}s`;
}
