/** Takes the inbox in order, and knows up to where it has been dealt with. */
import type { InboxEntry, InboxItem } from '@treeline/shared';
import { EntryReader } from '../process/entry-file.ts';

const BATCH = 64;

export interface InboxLoopOptions {
  readonly path: string;
  readonly after: number;
  /**
   * Called for each item in order, without waiting for the one before: a message may wait for the turn to end while a
   * stop behind it may not. Resolves when the item has had its effect; `keep` leaves it for the next attempt.
   */
  readonly handle: (item: InboxItem) => Promise<'done' | 'keep'>;
  /** Everything up to here has had its effect. */
  readonly onConsumed: (position: number) => Promise<void>;
  readonly onFailure: (error: Error) => void;
}

export class InboxLoop {
  readonly #options: InboxLoopOptions;
  readonly #reader: EntryReader;
  readonly #open = new Set<number>();
  #taken: number;
  #consumed: number;
  #reading = false;
  #again = false;
  #stopped = false;

  constructor(options: InboxLoopOptions) {
    this.#options = options;
    this.#reader = new EntryReader({ path: options.path, after: options.after });
    this.#taken = options.after;
    this.#consumed = options.after;
  }

  /** Nothing is in hand and nothing is known to wait. */
  get isDry(): boolean {
    return !this.#reading && !this.#again && this.#open.size === 0;
  }

  /** Position of the last item that was taken. */
  get taken(): number {
    return this.#taken;
  }

  /** The file may have grown. */
  poke(): void {
    this.#again = true;
    if (!this.#reading) void this.#read();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #read(): Promise<void> {
    this.#reading = true;
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        for (
          let entries = await this.#reader.next(BATCH);
          entries.length > 0;
          entries = await this.#reader.next(BATCH)
        ) {
          for (const entry of entries) this.#take(entry);
          await this.#advance();
        }
      }
    } catch (error) {
      this.#options.onFailure(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#reading = false;
    }
  }

  #take({ position, item }: InboxEntry): void {
    if (this.#stopped) return;
    this.#open.add(position);
    this.#taken = position;
    void this.#settle(position, item);
  }

  async #settle(position: number, item: InboxItem): Promise<void> {
    try {
      if ((await this.#options.handle(item)) === 'keep') return;
      this.#open.delete(position);
      await this.#advance();
    } catch (error) {
      this.#options.onFailure(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #advance(): Promise<void> {
    const done = this.#open.size === 0 ? this.#taken : Math.min(...this.#open) - 1;
    if (done <= this.#consumed || this.#stopped) return;
    this.#consumed = done;
    await this.#options.onConsumed(done);
  }
}
