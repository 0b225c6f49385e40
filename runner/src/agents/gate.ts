/** Where something waits while it is closed. */
export class Gate {
  #opened: Promise<void> | undefined;
  #open: () => void = () => undefined;

  set(open: boolean): void {
    if (open) {
      this.#open();
      this.#opened = undefined;
    } else {
      this.#opened ??= new Promise((resolve) => (this.#open = resolve));
    }
  }

  /** Undefined while it is open, so that nobody waits for nothing. */
  get opened(): Promise<void> | undefined {
    return this.#opened;
  }
}
