/**
 * The pages of a store file as they were at its last commit, read without SQLite: the file, and over it what its
 * write-ahead log holds. Knows which pages are in use, from the pointer map that an auto_vacuum file keeps.
 * The formats: sqlite.org/fileformat2.html
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { walPages } from './wal.ts';

export const PAGE_SIZE = 4096;

/** Pages that one page of the pointer map describes, five bytes each. */
const MAPPED = Math.floor(PAGE_SIZE / 5);
const FREE = 2;
const OVERFLOW_FIRST = 3;
const OVERFLOW = 4;
const MAP_TYPES = 5;

export interface Pages {
  /** Numbers begin at 1. */
  readonly count: number;
  /** Undefined when the file ends before it. */
  page(number: number): Buffer | undefined;
  /** Whether rows may be on it. Free pages hold rows of the past. */
  mayHoldRows(number: number): boolean;
  close(): void;
}

export function openPages(file: string): Pages {
  const main = existsSync(file) ? openSync(file, 'r') : undefined;
  const inFile = main === undefined ? 0 : Math.ceil(fstatSync(main).size / PAGE_SIZE);
  const wal = walPages(`${file}-wal`, PAGE_SIZE);
  const count = Math.max(inFile, ...wal.pages.keys());

  const page = (number: number): Buffer | undefined => {
    const newer = wal.pages.get(number);
    if (newer !== undefined) return wal.read(newer);
    if (main === undefined || number > inFile) return undefined;
    // The last page of a truncated file may be short: its rest stays zero.
    const buffer = Buffer.alloc(PAGE_SIZE);
    readSync(main, buffer, 0, PAGE_SIZE, (number - 1) * PAGE_SIZE);
    return buffer;
  };
  const maps = new Map<number, Buffer | undefined>();
  const mapAt = (number: number): Buffer | undefined => {
    if (!maps.has(number)) {
      const map = page(number);
      maps.set(number, map !== undefined && isSound(map, Math.min(MAPPED, count - number)) ? map : undefined);
    }
    return maps.get(number);
  };
  return {
    count,
    page,
    mayHoldRows(number) {
      if (number === 1) return false;
      const at = 2 + Math.floor((number - 2) / (MAPPED + 1)) * (MAPPED + 1);
      if (number === at) return false;
      const type = mapAt(at)?.[5 * (number - at - 1)];
      return type !== FREE && type !== OVERFLOW_FIRST && type !== OVERFLOW;
    },
    close() {
      if (main !== undefined) closeSync(main);
      wal.close();
    },
  };
}

/** A page of the pointer map that is damaged itself would hide pages that are in use. */
function isSound(map: Buffer, entries: number): boolean {
  for (let at = 0; at < entries; at++) {
    const type = map[at * 5] ?? 0;
    if (type < 1 || type > MAP_TYPES) return false;
  }
  return true;
}
