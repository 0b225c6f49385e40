/** The daemon's half of a session's inbox: items from the relay onto the disk, in their order, each once. */
import { failpoint, type InboxEntry } from '@treeline/shared';
import { EntryFile, type TailEntry } from '../process/entry-file.ts';
import type { Reserve } from '../process/reserve.ts';
import { Serial } from './serial.ts';

export interface SessionInboxOptions {
  readonly path: string;
  /** Position after which the inbox begins. */
  readonly after: number;
  readonly failed: (error: Error) => void;
  readonly reserve: Pick<Reserve, 'giveUp'>;
}

export class SessionInbox {
  readonly #options: SessionInboxOptions;
  readonly #serial = new Serial();
  #after: number;
  #file: EntryFile | undefined;
  #position: number;
  #tail: readonly TailEntry[];

  constructor(options: SessionInboxOptions) {
    this.#options = options;
    this.#after = options.after;
    const { last, tail } = this.#open();
    this.#position = last;
    this.#tail = tail;
  }

  /** Last item on the disk. */
  get position(): number {
    return this.#position;
  }

  /** The last items on the disk, oldest first. */
  get tail(): readonly TailEntry[] {
    return this.#tail;
  }

  /**
   * Resolves with the last position that is on the disk, which the relay takes up from: items that are there already are
   * skipped, and so is what follows a gap.
   */
  receive(entries: readonly InboxEntry[]): Promise<number> {
    return this.#serial.run(async () => {
      const file = this.#open();
      const next: InboxEntry[] = [];
      for (const entry of entries) {
        if (entry.position <= file.last) continue;
        if (entry.position !== file.last + next.length + 1) break;
        next.push(entry);
      }
      this.#position = await file.append(next);
      this.#tail = file.tail;
      FAILPOINT: failpoint('daemon.inbox.stored');
      return this.#position;
    });
  }

  /** What the relay says the inbox begins after: for a folder that lost its inbox. */
  beginAfter(position: number): Promise<void> {
    return this.#serial.run(async () => {
      await this.#shut();
      this.#after = Math.max(this.#after, position);
      this.#position = Math.max(this.#position, position);
    });
  }

  /** Frees the file until it is needed again. */
  close(): Promise<void> {
    return this.#serial.run(() => this.#shut());
  }

  async #shut(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  #open(): EntryFile {
    this.#file ??= new EntryFile({
      path: this.#options.path,
      after: this.#after,
      reserve: this.#options.reserve,
      onFailure: (error) => {
        this.#file = undefined;
        this.#options.failed(error);
      },
    });
    return this.#file;
  }
}
