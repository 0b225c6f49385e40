/**
 * An append-only file of checked lines with one writer. Appending hands the bytes to the kernel at once, so they survive
 * the process; they are on the disk within SYNC_WITHIN_MS, or when `flush` resolves, so they survive the machine.
 */
import {
  closeSync,
  constants,
  existsSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { z } from 'zod';
import { decodeLines, encodeLine } from './checked-line.ts';
import { isDiskFull, type Reserve } from './reserve.ts';

const SYNC_WITHIN_MS = 20;
const CHUNK_BYTES = 256 * 1024;
/** No writer of ours makes a longer line: a frame is 512 KiB at most, and JSON in JSON doubles at worst. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;

const datasync = promisify(fdatasync);

export interface CheckedFileOptions<S extends z.ZodType> {
  readonly path: string;
  readonly schema: S;
  /** Called for every record that the file holds already, in order, before `openCheckedFile` returns. */
  readonly visit: (value: z.output<S>) => void;
  /** The disk failed in the background; nothing can be appended from now on. */
  readonly onFailure: (error: Error) => void;
  /** Given up for what is appended to a disk that is full. Default: none. */
  readonly reserve?: Pick<Reserve, 'giveUp'> | undefined;
}

export class CheckedFile<S extends z.ZodType> {
  /** Bytes after the last whole record that were cut away at opening: a torn write, or damage. */
  readonly cutBytes: number;
  readonly #fd: number;
  readonly #onFailure: (error: Error) => void;
  readonly #reserve: Pick<Reserve, 'giveUp'> | undefined;
  #size: number;
  #synced: number;
  #syncing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failure: Error | undefined;

  /** Opens or makes the file (0600), cuts what follows its last whole record, and visits the records. */
  constructor({ path, schema, visit, onFailure, reserve }: CheckedFileOptions<S>) {
    this.#onFailure = onFailure;
    this.#reserve = reserve;
    const isNew = !existsSync(path);
    this.#fd = openSync(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600);
    if (isNew) syncFolder(dirname(path));
    const { whole, total } = scan({ fd: this.#fd, schema, visit });
    this.cutBytes = total - whole;
    if (this.cutBytes > 0) ftruncateSync(this.#fd, whole);
    this.#size = whole;
    this.#synced = this.cutBytes > 0 ? 0 : whole;
  }

  /** Length of the file. */
  get bytes(): number {
    return this.#size;
  }

  /** Appends whole records or, when the disk refuses, none of them, and throws. */
  append(values: readonly z.input<S>[]): void {
    if (this.#failure !== undefined) throw this.#failure;
    const bytes = Buffer.from(values.map(encodeLine).join(''));
    try {
      this.#write(bytes);
    } catch (error) {
      if (!isDiskFull(error) || this.#reserve?.giveUp() !== true) throw error;
      this.#write(bytes);
    }
    this.#size += bytes.length;
    this.#timer ??= setTimeout(() => {
      this.flush().catch((error: Error) => this.#onFailure(error));
    }, SYNC_WITHIN_MS);
  }

  #write(bytes: Buffer): void {
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#fd, bytes, done);
    } catch (error) {
      ftruncateSync(this.#fd, this.#size);
      throw error;
    }
  }

  /** Resolves when everything appended so far is on the disk. Concurrent callers share one fdatasync. */
  async flush(): Promise<void> {
    const target = this.#size;
    while (this.#synced < target) await (this.#syncing ??= this.#sync());
  }

  async #sync(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const covered = this.#size;
    try {
      await datasync(this.#fd);
      this.#synced = covered;
    } catch (cause) {
      this.#failure = new Error('The disk failed to store what was appended', { cause });
      throw this.#failure;
    } finally {
      this.#syncing = undefined;
    }
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      clearTimeout(this.#timer);
      closeSync(this.#fd);
    }
  }
}

interface Scan<S extends z.ZodType> {
  readonly fd: number;
  readonly schema: S;
  readonly visit: (value: z.output<S>) => void;
}

function scan<S extends z.ZodType>({ fd, schema, visit }: Scan<S>): { whole: number; total: number } {
  let whole = 0;
  let total = 0;
  let rest: Buffer = Buffer.alloc(0);
  let sound = true;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const read = readSync(fd, chunk, 0, CHUNK_BYTES, total);
    if (read === 0) return { whole, total };
    total += read;
    if (!sound) continue;
    const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
    const decoded = decodeLines(schema, bytes, Infinity);
    for (const value of decoded.values) visit(value);
    whole += decoded.bytes;
    rest = bytes.subarray(decoded.bytes);
    sound = decoded.stop !== 'damaged' && rest.length <= MAX_LINE_BYTES;
  }
}

/** Makes the name of a new file survive the machine. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
