/** Restarts of the store, of which some may come before anybody can do anything about them. */
export class Restarts {
  #missed = false;
  #listener: (() => void) | undefined;

  happened(): void {
    if (this.#listener === undefined) this.#missed = true;
    else this.#listener();
  }

  /** Calls it for each from now on, and now when there was one before. */
  listen(listener: () => void): void {
    this.#listener = listener;
    if (this.#missed) listener();
  }
}
