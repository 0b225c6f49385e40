/** The rows on one page of a b-tree, each as the values of its columns. */
import { isUtf8 } from 'node:buffer';
import { PAGE_SIZE, type Pages } from './pages.ts';

export type Column = string | number | null;

export interface Cell {
  /** Of a table that has one. */
  readonly rowid: number | undefined;
  readonly columns: readonly Column[];
}

const INDEX_INTERIOR = 0x02;
const TABLE_INTERIOR = 0x05;
const INDEX_LEAF = 0x0a;
const TABLE_LEAF = 0x0d;

export interface CellsOfPage {
  readonly cells: readonly Cell[];
  /** The page, or a row on it, could not be read. */
  readonly damaged: boolean;
}

export function cellsOf(pages: Pages, page: Buffer): CellsOfPage {
  const type = page[0];
  if (type === TABLE_INTERIOR) return { cells: [], damaged: false };
  if (type !== INDEX_INTERIOR && type !== INDEX_LEAF && type !== TABLE_LEAF) return { cells: [], damaged: true };
  const pointers = type === INDEX_INTERIOR ? 12 : 8;
  const count = page.readUInt16BE(3);
  const cells: Cell[] = [];
  let damaged = pointers + 2 * count > PAGE_SIZE;
  for (let n = 0; !damaged && n < count; n++) {
    const cell = tryCell(pages, page, { type, at: page.readUInt16BE(pointers + 2 * n) });
    if (cell !== undefined) cells.push(cell);
    else damaged = true;
  }
  if (!damaged) return { cells, damaged };
  // Whatever else on it still reads as a row.
  for (let n = cells.length; n < count && pointers + 2 * n + 2 <= PAGE_SIZE; n++) {
    const cell = tryCell(pages, page, { type, at: page.readUInt16BE(pointers + 2 * n) });
    if (cell !== undefined) cells.push(cell);
  }
  return { cells, damaged };
}

function tryCell(pages: Pages, page: Buffer, place: { type: number; at: number }): Cell | undefined {
  try {
    return readCell(pages, page, place);
  } catch {
    // Damage shows as a length or a page that cannot be.
    return undefined;
  }
}

function readCell(pages: Pages, page: Buffer, { type, at }: { type: number; at: number }): Cell {
  const size = new Reader(page, type === INDEX_INTERIOR ? at + 4 : at);
  const length = size.varint();
  const rowid = type === TABLE_LEAF ? size.varint() : undefined;
  const payload = payloadOf(pages, page, { at: size.at, length, isTable: type === TABLE_LEAF });
  return { rowid, columns: columnsOf(payload) };
}

/** The part on the page and what follows on overflow pages. */
function payloadOf(pages: Pages, page: Buffer, cell: { at: number; length: number; isTable: boolean }): Buffer {
  const { at, length, isTable } = cell;
  const most = isTable ? PAGE_SIZE - 35 : Math.floor(((PAGE_SIZE - 12) * 64) / 255) - 23;
  const least = Math.floor(((PAGE_SIZE - 12) * 32) / 255) - 23;
  const spilled = least + ((length - least) % (PAGE_SIZE - 4));
  const local = length <= most ? length : spilled <= most ? spilled : least;
  if (length > PAGE_SIZE * pages.count || at + local > PAGE_SIZE) throw new RangeError('longer than it can be');
  const parts = [page.subarray(at, at + local)];
  let next = length > local ? page.readUInt32BE(at + local) : 0;
  for (let rest = length - local; rest > 0;) {
    const more = next === 0 ? undefined : pages.page(next);
    if (more === undefined) throw new RangeError('its rest is missing');
    parts.push(more.subarray(4, 4 + Math.min(rest, PAGE_SIZE - 4)));
    rest -= PAGE_SIZE - 4;
    next = more.readUInt32BE(0);
  }
  return Buffer.concat(parts, length);
}

function columnsOf(payload: Buffer): Column[] {
  const header = new Reader(payload, 0);
  const end = header.varint();
  const body = new Reader(payload, end);
  const columns: Column[] = [];
  while (header.at < end) columns.push(body.value(header.varint()));
  if (header.at !== end || body.at !== payload.length) throw new RangeError('not the length that it says');
  return columns;
}

const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8];

class Reader {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  varint(): number {
    let value = 0;
    for (let n = 0; n < 8; n++) {
      const byte = this.#bytes.readUInt8(this.at++);
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    return value * 256 + this.#bytes.readUInt8(this.at++);
  }

  value(type: number): Column {
    if (type === 0) return null;
    if (type === 8 || type === 9) return type - 8;
    if (type >= 13 && type % 2 === 1) return this.#text((type - 13) / 2);
    const bytes = INTEGER_BYTES[type];
    // The store keeps neither floating numbers nor blobs.
    if (bytes === undefined) throw new RangeError('no type of this store');
    const at = this.at;
    this.at += bytes;
    return bytes === 8 ? Number(this.#bytes.readBigInt64BE(at)) : this.#bytes.readIntBE(at, bytes);
  }

  #text(length: number): string {
    const bytes = this.#bytes.subarray(this.at, this.at + length);
    if (bytes.length < length || !isUtf8(bytes)) throw new RangeError('no text');
    this.at += length;
    return bytes.toString('utf8');
  }
}
