/**
 * What was acknowledged and is not yet on the disk as part of the database: entries in a file beside it, one for each
 * group of calls, each flushed before anybody is answered. An entry is a few KB in one place, where a commit of SQLite is
 * a page for each table and index that it touches; the file is written over from its front again and again, so that a
 * flush has no new blocks to note.
 *
 * An entry is its length, a checksum of what follows, the lineage of the database, its number, and the calls. Numbers
 * rise by one without end: what an earlier round left behind the last entry has a smaller one.
 */
import { closeSync, constants, fdatasyncSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/** The file grows by so many bytes of zeros ahead of its entries. */
const STEP = 1024 * 1024;
/** What an unusually large entry added is given back. */
const KEEP = 8 * STEP;
const HEADER = 20;

const AT = { length: 0, checksum: 4, lineage: 8, seq: 14 };
/** Of lineages and numbers, in bytes. */
const WIDTH = 6;

export interface Entry {
  /** Of the database that it belongs to: a number that was drawn when it was made. */
  readonly lineage: number;
  readonly seq: number;
  readonly bytes: Buffer;
}

/** What the tables say of their journal: which one it is, and the last entry of it that is in them. */
export interface Noted {
  readonly lineage: number;
  readonly applied: number;
}

export interface JournalContent {
  readonly noted: Noted;
  /** What stands at the front, of whichever database. */
  readonly front: Entry | undefined;
  /** Of this database, in order. */
  readonly entries: readonly Entry[];
  /** Behind the last of them. */
  readonly end: number;
  /** An entry before others cannot be read: more than the last unfinished one is lost. */
  readonly damaged: boolean;
}

interface Placed {
  readonly entry: Entry;
  readonly end: number;
}

export const journalOf = (file: string): string => `${file}-redo`;

/** Nothing when there is no such file. What follows the last whole entry is what a crash cut, or older. */
export function readJournal(path: string, noted: Noted): JournalContent {
  const content = readIfThere(path);
  const front = entryAt(content, 0)?.entry;
  const entries: Entry[] = [];
  let damaged = false;
  let end = 0;
  for (;;) {
    const last = entries.at(-1)?.seq;
    const here = entryAt(content, end);
    const fits = here?.entry.lineage === noted.lineage && (last === undefined || here.entry.seq === last + 1);
    const next = fits ? here : laterEntry(content, { from: end, lineage: noted.lineage, after: last ?? noted.applied });
    if (next === undefined) return { noted, front, entries, end, damaged };
    damaged ||= !fits;
    entries.push(next.entry);
    ({ end } = next);
  }
}

/** The database that the journal belongs to, and the number at which it begins. */
export function frontOf(path: string): Entry | undefined {
  return entryAt(readIfThere(path), 0)?.entry;
}

/** The next entry that can be read behind one that cannot. Whatever an earlier round left there has a smaller number. */
function laterEntry(
  content: Buffer,
  { from, lineage, after }: { from: number; lineage: number; after: number },
): Placed | undefined {
  const mark = Buffer.alloc(WIDTH);
  mark.writeUIntLE(lineage, 0, WIDTH);
  for (let found = from + AT.lineage; ; found += 1) {
    found = content.indexOf(mark, found);
    if (found === -1 || found - AT.lineage + HEADER > content.length) return undefined;
    if (content.readUIntLE(found + WIDTH, WIDTH) <= after) continue;
    const placed = entryAt(content, found - AT.lineage);
    if (placed !== undefined) return placed;
  }
}

export class Journal {
  readonly #path: string;
  readonly #lineage: number;
  readonly #fd: number;
  #allocated: number;
  #end: number;
  #seq: number;

  /** Goes on behind the entries that are there. */
  constructor(path: string, { noted, entries, end }: Pick<JournalContent, 'noted' | 'entries' | 'end'>) {
    this.#path = path;
    this.#lineage = noted.lineage;
    this.#seq = Math.max(noted.applied, entries.at(-1)?.seq ?? 0);
    this.#end = end;
    this.#fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    this.#allocated = end;
  }

  /** Number of the last entry. */
  get seq(): number {
    return this.#seq;
  }

  /** Bytes of the entries since the last restart. */
  get size(): number {
    return this.#end;
  }

  /** The entries after this number. One whose flush failed may lie behind them: nobody was told of it. */
  read(applied: number): readonly Entry[] {
    const { entries } = readJournal(this.#path, { lineage: this.#lineage, applied });
    return entries.filter(({ seq }) => seq > applied && seq <= this.#seq);
  }

  /** Returns when it is on the disk. Throws when it could not be written: it may be there or not, and the next takes its place. */
  append(bytes: Buffer): void {
    const entry = toEntry({ lineage: this.#lineage, seq: this.#seq + 1, bytes });
    const end = this.#end + entry.length;
    if (end > this.#allocated) this.#allocate(end);
    writeAll(this.#fd, entry, this.#end);
    fdatasyncSync(this.#fd);
    this.#end = end;
    this.#seq += 1;
  }

  /** All of it is in the database, on the disk: the next entry is written over the first. */
  restart(): void {
    this.#end = 0;
    if (this.#allocated <= KEEP) return;
    ftruncateSync(this.#fd, KEEP);
    this.#allocated = KEEP;
  }

  /** `remove` when all of it is in the database, and that is closed. */
  close({ remove }: { remove: boolean }): void {
    closeSync(this.#fd);
    if (remove) rmSync(this.#path, { force: true });
  }

  #allocate(end: number): void {
    const until = Math.ceil(end / STEP) * STEP;
    writeAll(this.#fd, Buffer.alloc(until - this.#allocated), this.#allocated);
    this.#allocated = until;
  }
}

function toEntry({ lineage, seq, bytes }: Entry): Buffer {
  const entry = Buffer.allocUnsafe(HEADER + bytes.length);
  entry.writeUInt32LE(bytes.length, AT.length);
  entry.writeUIntLE(lineage, AT.lineage, WIDTH);
  entry.writeUIntLE(seq, AT.seq, WIDTH);
  bytes.copy(entry, HEADER);
  entry.writeUInt32LE(crc32(entry.subarray(AT.lineage)), AT.checksum);
  return entry;
}

function entryAt(content: Buffer, at: number): Placed | undefined {
  if (at + HEADER > content.length) return undefined;
  const end = at + HEADER + content.readUInt32LE(at + AT.length);
  if (end > content.length || end === at + HEADER) return undefined;
  if (crc32(content.subarray(at + AT.lineage, end)) !== content.readUInt32LE(at + AT.checksum)) return undefined;
  const lineage = content.readUIntLE(at + AT.lineage, WIDTH);
  const seq = content.readUIntLE(at + AT.seq, WIDTH);
  return { entry: { lineage, seq, bytes: content.subarray(at + HEADER, end) }, end };
}

function writeAll(fd: number, bytes: Buffer, at: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, at + done);
}

function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}
