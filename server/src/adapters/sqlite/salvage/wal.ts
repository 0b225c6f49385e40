/** The committed pages of a write-ahead log: every frame up to the last commit whose checksum holds. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';

const HEADER = 32;
const FRAME_HEADER = 24;
/** The last bit says in which byte order the checksums are. */
const MAGIC = 0x377f0682;

export interface WalPages {
  /** Page number → where its newest committed content begins. */
  readonly pages: ReadonlyMap<number, number>;
  read(offset: number): Buffer;
  close(): void;
}

export function walPages(file: string, pageSize: number): WalPages {
  if (!existsSync(file)) return { pages: new Map(), read: () => Buffer.alloc(pageSize), close: () => undefined };
  const fd = openSync(file, 'r');
  return {
    pages: committed(fd, pageSize),
    read(offset) {
      const page = Buffer.alloc(pageSize);
      readSync(fd, page, 0, pageSize, offset);
      return page;
    },
    close: () => closeSync(fd),
  };
}

function committed(fd: number, pageSize: number): ReadonlyMap<number, number> {
  const header = Buffer.alloc(HEADER);
  const found = new Map<number, number>();
  if (readSync(fd, header, 0, HEADER, 0) < HEADER) return found;
  const magic = header.readUInt32BE(0);
  if ((magic & ~1) >>> 0 !== MAGIC || header.readUInt32BE(8) !== pageSize) return found;
  const sum = new Checksum((magic & 1) === 1);
  sum.add(header.subarray(0, 24));
  if (!sum.is(header.readUInt32BE(24), header.readUInt32BE(28))) return found;

  const frame = Buffer.alloc(FRAME_HEADER + pageSize);
  let pending: [page: number, offset: number][] = [];
  for (let at = HEADER; readSync(fd, frame, 0, frame.length, at) === frame.length; at += frame.length) {
    if (!frame.subarray(8, 16).equals(header.subarray(16, 24))) break;
    sum.add(frame.subarray(0, 8));
    sum.add(frame.subarray(FRAME_HEADER));
    if (!sum.is(frame.readUInt32BE(16), frame.readUInt32BE(20))) break;
    pending.push([frame.readUInt32BE(0), at + FRAME_HEADER]);
    // The size of the file after the transaction stands in its last frame, zero in the others.
    if (frame.readUInt32BE(4) === 0) continue;
    for (const [page, offset] of pending) found.set(page, offset);
    pending = [];
  }
  return found;
}

class Checksum {
  readonly #bigEndian: boolean;
  #first = 0;
  #second = 0;

  constructor(bigEndian: boolean) {
    this.#bigEndian = bigEndian;
  }

  add(bytes: Buffer): void {
    for (let at = 0; at + 8 <= bytes.length; at += 8) {
      this.#first = (this.#first + this.#word(bytes, at) + this.#second) >>> 0;
      this.#second = (this.#second + this.#word(bytes, at + 4) + this.#first) >>> 0;
    }
  }

  is(first: number, second: number): boolean {
    return this.#first === first && this.#second === second;
  }

  #word(bytes: Buffer, at: number): number {
    return this.#bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  }
}
