/**
 * retention.json: how long each thing that will be removed has been kept, in milliseconds while a daemon ran. It is
 * counted on the monotonic clock, so a clock that is set, forward or back, neither deletes early nor keeps for ever.
 */
import { z } from 'zod';
import type { Home } from '../home/home.ts';
import { readJson, writeJson } from '../process/files.ts';

const File = z.record(z.string(), z.number().nonnegative());
/** What a crash may take from the count; saved at once only when a thing comes or goes. */
const SAVE_EVERY_MS = 10 * 60_000;

export class KeptTimes {
  readonly #home: Home;
  #ms: Map<string, number>;
  #changed = false;
  #unsavedMs = 0;

  private constructor(home: Home, ms: Map<string, number>) {
    this.#home = home;
    this.#ms = ms;
  }

  /** A damaged file counts anew. */
  static async open(home: Home): Promise<KeptTimes> {
    const read = await readJson(home.retention, File);
    return new KeptTimes(home, new Map(read.found ? Object.entries(read.value) : []));
  }

  /** Time has passed for these; whatever is not named waits no more. */
  pass(names: readonly string[], elapsedMs: number): void {
    const before = this.#ms;
    this.#ms = new Map(names.map((name) => [name, before.has(name) ? (before.get(name) ?? 0) + elapsedMs : 0]));
    this.#changed ||= this.#ms.size !== before.size || names.some((name) => !before.has(name));
    this.#unsavedMs += elapsedMs;
  }

  /** Milliseconds. */
  of(name: string): number {
    return this.#ms.get(name) ?? 0;
  }

  async save(): Promise<void> {
    if (!this.#changed && (this.#ms.size === 0 || this.#unsavedMs < SAVE_EVERY_MS)) return;
    await writeJson(this.#home.retention, Object.fromEntries(this.#ms));
    this.#changed = false;
    this.#unsavedMs = 0;
  }
}
