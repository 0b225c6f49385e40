/** Work under one name goes in batches, one at a time: what comes while a batch is under way makes up the next one. */

/** Jobs in one batch; a batch is decided in one go, and its commit holds the store up while it runs. */
const MAX = 64;

interface Lane<Job> {
  waiting: Job[];
}

export class Batches<Job> {
  readonly #work: (batch: readonly Job[]) => Promise<void>;
  readonly #lanes = new Map<string, Lane<Job>>();

  /** `work` settles each job itself and never rejects. */
  constructor(work: (batch: readonly Job[]) => Promise<void>) {
    this.#work = work;
  }

  add(name: string, job: Job): void {
    const lane = this.#lanes.get(name);
    if (lane !== undefined) return void lane.waiting.push(job);
    const opened = { waiting: [job] };
    this.#lanes.set(name, opened);
    // What is added in the same turn of the event loop belongs together.
    queueMicrotask(() => void this.#run(name, opened));
  }

  async #run(name: string, lane: Lane<Job>): Promise<void> {
    while (lane.waiting.length > 0) await this.#work(lane.waiting.splice(0, MAX));
    this.#lanes.delete(name);
  }
}
