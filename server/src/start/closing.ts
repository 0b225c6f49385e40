/** What was opened, to be closed in the opposite order, once, each even if another one fails. */

export class Closing {
  readonly #steps: { name: string; close: () => Promise<void> | void }[] = [];
  #closed: Promise<void> | undefined;

  add(name: string, close: () => Promise<void> | void): void {
    this.#steps.push({ name, close });
  }

  /** Rejects with what went wrong when all steps are done. */
  close(): Promise<void> {
    this.#closed ??= this.#run();
    return this.#closed;
  }

  async #run(): Promise<void> {
    const failures: Error[] = [];
    for (const { name, close } of this.#steps.reverse()) {
      try {
        await close();
      } catch (cause) {
        failures.push(new Error(`closing the ${name} failed`, { cause }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
  }
}
