/** The `inbox` file of a session's folder: its entries in order, one a line. */
import { InboxEntry, type MessageId } from '@treeline/shared';
import { CheckedFile } from './checked-file.ts';
import { CheckedReader } from './checked-reader.ts';
import type { Reserve } from './reserve.ts';

/** As many as hello may carry. */
const TAIL = 64;

export interface TailEntry {
  readonly position: number;
  readonly id: MessageId;
}

export interface EntryFileOptions {
  readonly path: string;
  /** Position after which the inbox begins (`assignment.inboxAfter`): earlier entries are not expected. */
  readonly after: number;
  /** The disk failed in the background; nothing can be appended from now on. */
  readonly onFailure: (error: Error) => void;
  /** Given up for what is appended to a disk that is full. Default: none. */
  readonly reserve?: Pick<Reserve, 'giveUp'> | undefined;
}

export class EntryFile {
  readonly #file: CheckedFile<typeof InboxEntry>;
  #last = 0;
  #tail: TailEntry[] = [];

  constructor({ path, after, onFailure, reserve }: EntryFileOptions) {
    this.#file = new CheckedFile({
      path,
      reserve,
      schema: InboxEntry,
      onFailure,
      visit: (entry) => {
        this.#last = entry.position;
        this.#note(entry);
      },
    });
    this.#last = Math.max(this.#last, after);
  }

  /** The last entries by position and id, oldest first. */
  get tail(): readonly TailEntry[] {
    return this.#tail;
  }

  /** Position of the last entry. */
  get last(): number {
    return this.#last;
  }

  /**
   * Appends those entries that are new, and resolves with the last position when they are on the disk. Entries that the
   * file has are skipped; rejects when one is missing in between.
   */
  async append(entries: readonly InboxEntry[]): Promise<number> {
    const fresh = entries.filter((entry) => entry.position > this.#last);
    fresh.forEach((entry, index) => {
      const expected = this.#last + 1 + index;
      if (entry.position !== expected) throw new Error(`Inbox entry ${entry.position} came where ${expected} was due`);
    });
    if (fresh.length > 0) {
      this.#file.append(fresh);
      this.#last += fresh.length;
      for (const entry of fresh) this.#note(entry);
    }
    const last = this.#last;
    await this.#file.flush();
    return last;
  }

  #note({ position, item }: InboxEntry): void {
    this.#tail.push({ position, id: item.id });
    if (this.#tail.length > TAIL) this.#tail = this.#tail.slice(-TAIL);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** Reads entries after a position, now and as they are appended. */
export class EntryReader {
  readonly #reader: CheckedReader<typeof InboxEntry>;
  readonly #after: number;
  #placed = false;

  constructor(options: { path: string; after: number }) {
    this.#reader = new CheckedReader({ path: options.path, schema: InboxEntry });
    this.#after = options.after;
  }

  /** The next entries, at most `max`; empty when there are none yet. */
  async next(max: number): Promise<InboxEntry[]> {
    if (!this.#placed) {
      await this.#reader.seek((entry) => entry.position <= this.#after);
      this.#placed = true;
    }
    return this.#reader.next(max);
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}
