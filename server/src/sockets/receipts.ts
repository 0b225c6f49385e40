/**
 * Tells, a little later and together, which items are on a runner's disk. It is for people's eyes and nothing waits for it:
 * an answer that comes meanwhile finds its trigger free, and makes the word superfluous.
 */
import type { InboxEntry } from '@treeline/shared';

const TELL_AFTER_MS = 25;
const RETRY_AFTER_MS = 1_000;

export interface ReceiptsOptions {
  readonly tell: (entries: readonly InboxEntry[]) => Promise<void>;
  /** What waits is told at once then, and nothing after. */
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}

export class Receipts {
  readonly #options: ReceiptsOptions;
  #waiting: InboxEntry[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ReceiptsOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', () => void this.#tell(), { once: true });
  }

  add(entries: readonly InboxEntry[]): void {
    if (entries.length === 0) return;
    this.#waiting.push(...entries);
    this.#tellAfter(TELL_AFTER_MS);
  }

  #tellAfter(ms: number): void {
    if (this.#options.signal.aborted) return void this.#tell();
    this.#timer ??= setTimeout(() => void this.#tell(), ms).unref();
  }

  async #tell(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const entries = this.#waiting;
    this.#waiting = [];
    if (entries.length === 0) return;
    try {
      await this.#options.tell(entries);
    } catch (error) {
      this.#options.onError(error);
      if (this.#options.signal.aborted) return;
      this.#waiting.unshift(...entries);
      this.#tellAfter(RETRY_AFTER_MS);
    }
  }
}
