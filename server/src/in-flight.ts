/** Counts work that has begun, so that a relay which stops can finish it first. */

export class InFlight {
  #count = 0;
  #idle: (() => void) | undefined;

  async run<T>(work: () => Promise<T>): Promise<T> {
    this.#count++;
    try {
      return await work();
    } finally {
      this.#count--;
      if (this.#count === 0) this.#idle?.();
    }
  }

  /** Resolves when nothing is under way, or after `ms` at the latest. */
  async settled(ms: number): Promise<void> {
    if (this.#count === 0) return;
    let timeout: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
      timeout = setTimeout(resolve, ms);
    });
    clearTimeout(timeout);
  }
}
