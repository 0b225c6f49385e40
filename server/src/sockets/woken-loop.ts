/** Work that is done again as long as something woke it, one round at a time; a round that fails comes again later. */
import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 3_000;

export interface WokenLoopOptions {
  /** One round. */
  readonly work: () => Promise<void>;
  /** Ends the loop. */
  readonly signal: AbortSignal;
  /** Judges a failed round: try again after a pause, or never. */
  readonly onError: (error: unknown) => 'retry' | 'stop';
}

export class WokenLoop {
  readonly #options: WokenLoopOptions;
  #woken = false;
  #running = false;

  constructor(options: WokenLoopOptions) {
    this.#options = options;
  }

  /** There may be work. Cheap; never throws. */
  wake(): void {
    this.#woken = true;
    if (this.#running || this.#options.signal.aborted) return;
    this.#running = true;
    void this.#run();
  }

  /** `#running` falls in the very step that finds nothing to do: no wake may come between the two. */
  async #run(): Promise<void> {
    const { work, signal, onError } = this.#options;
    try {
      for (let pause = RETRY_MIN_MS; this.#woken && !signal.aborted;) {
        this.#woken = false;
        try {
          await work();
          pause = RETRY_MIN_MS;
        } catch (error) {
          if (signal.aborted || onError(error) === 'stop') return;
          this.#woken = true;
          await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
          pause = Math.min(pause * 2, RETRY_MAX_MS);
        }
      }
    } finally {
      this.#running = false;
    }
  }
}
