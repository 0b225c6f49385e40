/**
 * Room on the disk for what must still be written when it is full: a file of zeros in the runner's folder. Whoever meets
 * the full disk gives it up, for decisions, answers and ends; while it is given up nothing new is started and agents are
 * held; and it is made again, by whoever looks first, when the disk has room for it twice.
 */
import {
  closeSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const BYTES = 8 * 1024 * 1024;
/** On a small disk, this part of it. */
const PART = 0.02;
const CHUNK = 256 * 1024;

export interface ReserveOptions {
  readonly path: string;
  readonly bytes: number;
  /** Bytes that this user may still write; a file system that does not tell has room. */
  readonly freeBytes: () => number;
}

export class Reserve {
  readonly #options: ReserveOptions;
  /** Called when this process has given it up. */
  onGivenUp: () => void = () => undefined;

  constructor(options: ReserveOptions) {
    this.#options = options;
  }

  /** Of a runner's folder. */
  static in(home: string): Reserve {
    const { blocks, bsize } = statfsSync(home);
    const bytes = Math.floor(blocks > 0 ? Math.min(BYTES, blocks * bsize * PART) : BYTES);
    const freeBytes = (): number => {
      const now = statfsSync(home);
      return now.blocks > 0 ? now.bavail * now.bsize : Infinity;
    };
    return new Reserve({ path: join(home, 'reserve'), bytes, freeBytes });
  }

  get isWhole(): boolean {
    return (statSync(this.#options.path, { throwIfNoEntry: false })?.size ?? 0) >= this.#options.bytes;
  }

  /** Nothing but the reserve is left, though nobody has met that yet. */
  get isNeeded(): boolean {
    const { bytes, freeBytes } = this.#options;
    return this.isWhole && freeBytes() < bytes / 8;
  }

  /** False when it was given up already: the disk has no more room than it says. */
  giveUp(): boolean {
    const { path } = this.#options;
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) return false;
    truncateSync(path);
    this.onGivenUp();
    return true;
  }

  /** Makes it anew if there is room. True when it is whole. */
  restore(): boolean {
    if (this.isWhole) return true;
    const { path, bytes, freeBytes } = this.#options;
    if (freeBytes() < 2 * bytes) return false;
    const fresh = `${path}.${process.pid}`;
    try {
      fill(fresh, bytes);
      renameSync(fresh, path);
      return true;
    } catch (error) {
      rmSync(fresh, { force: true });
      if (isDiskFull(error)) return false;
      throw error;
    }
  }
}

/** Written, since a hole takes no room. */
function fill(path: string, bytes: number): void {
  const file = openSync(path, 'w', 0o600);
  try {
    const chunk = Buffer.alloc(CHUNK);
    for (let done = 0; done < bytes;) done += writeSync(file, chunk, 0, Math.min(CHUNK, bytes - done));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Of the disk, or of what this user may have of it. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
