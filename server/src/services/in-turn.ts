/** Work on the same things in the order it came; work on different things at the same time. */
export class InTurn {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Begins when all earlier work on any of these names is over, however that ended. */
  async run<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = names.flatMap((name) => this.#last.get(name) ?? []);
    const mine = before.length === 0 ? work() : Promise.allSettled(before).then(work);
    // All names are taken at once, so that two pieces of work cannot wait for each other.
    for (const name of names) this.#last.set(name, mine);
    try {
      return await mine;
    } finally {
      for (const name of names) if (this.#last.get(name) === mine) this.#last.delete(name);
    }
  }
}
