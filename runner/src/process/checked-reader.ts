/** Follows a file of checked lines while its one writer appends. Remembers its byte offset, so going on costs only what is new. */
import { open, type FileHandle } from 'node:fs/promises';
import type { z } from 'zod';
import { MAX_LINE_BYTES } from './checked-file.ts';
import { decodeLines } from './checked-line.ts';

const CHUNK_BYTES = 256 * 1024;
/** Below this distance reading on is cheaper than halving it. */
const NEAR_BYTES = 64 * 1024;

export class CheckedReader<S extends z.ZodType> {
  readonly #path: string;
  readonly #schema: S;
  #file: FileHandle | undefined;
  #offset = 0;
  #damaged = false;

  constructor(options: { path: string; schema: S }) {
    this.#path = options.path;
    this.#schema = options.schema;
  }

  /** A whole line did not hold: the reader stands before it for good. */
  get damaged(): boolean {
    return this.#damaged;
  }

  /**
   * The next whole records, oldest first; empty when there are none yet, also when the file does not exist.
   * A line that is still being written counts as not there.
   */
  async next(maxLines: number): Promise<z.output<S>[]> {
    const file = await this.#open();
    if (file === undefined) return [];
    for (let size = CHUNK_BYTES; size <= MAX_LINE_BYTES; size *= 2) {
      const bytes = await readAt({ file, offset: this.#offset, size });
      const decoded = decodeLines(this.#schema, bytes, maxLines);
      this.#offset += decoded.bytes;
      this.#damaged = decoded.stop === 'damaged' && decoded.values.length === 0;
      if (decoded.values.length > 0 || this.#damaged || bytes.length < size) return decoded.values;
    }
    this.#damaged = true;
    return [];
  }

  /** Moves to the first record for which `isBefore` is false; the records must be sorted by it. */
  async seek(isBefore: (value: z.output<S>) => boolean): Promise<void> {
    const file = await this.#open();
    this.#offset = 0;
    if (file === undefined) return;
    let { size: high } = await file.stat();
    while (high - this.#offset > NEAR_BYTES) {
      const middle = this.#offset + Math.floor((high - this.#offset) / 2);
      const line = await this.#lineAfter(file, middle);
      if (line !== undefined && line.end < high && isBefore(line.value)) this.#offset = line.end;
      else high = middle;
    }
    for (;;) {
      const before = this.#offset;
      const [value] = await this.next(1);
      if (value === undefined) return;
      if (isBefore(value)) continue;
      this.#offset = before;
      return;
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #lineAfter(file: FileHandle, offset: number): Promise<{ value: z.output<S>; end: number } | undefined> {
    for (let size = NEAR_BYTES; size <= MAX_LINE_BYTES; size *= 2) {
      const bytes = await readAt({ file, offset, size });
      const start = bytes.indexOf(10) + 1;
      if (start > 0) {
        const { values, bytes: length, stop } = decodeLines(this.#schema, bytes.subarray(start), 1);
        const [value] = values;
        if (value !== undefined) return { value, end: offset + start + length };
        if (stop === 'damaged') return undefined;
      }
      if (bytes.length < size) return undefined;
    }
    return undefined;
  }

  async #open(): Promise<FileHandle | undefined> {
    if (this.#file !== undefined) return this.#file;
    try {
      this.#file = await open(this.#path, 'r');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
    return this.#file;
  }
}

async function readAt({ file, offset, size }: { file: FileHandle; offset: number; size: number }): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(size);
  const { bytesRead } = await file.read(buffer, 0, size, offset);
  return buffer.subarray(0, bytesRead);
}
