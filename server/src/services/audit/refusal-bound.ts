/** Bounds what refusals write: so many lines a minute from one source and from all, the rest as one line with a count. */
import type { TreelineError } from '@treeline/shared';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Call } from '../../domain/audit.ts';

const WINDOW_S = 60;
/** Different refusals that are counted apart; more are counted under the last of them. */
const COUNTED_MAX = 200;
/** Of what one source may write, all together may write this many times as much. */
const SOURCES = 10;

export interface RefusalBoundOptions {
  /** Lines of one source; ten times as many of all. */
  readonly perMinute: number;
  /** Writes the line that stands for `times` refusals like this one. */
  readonly summary: (call: Call, error: TreelineError, times: number) => Promise<void>;
}

export class RefusalBound {
  readonly #summary: RefusalBoundOptions['summary'];
  readonly #ofSource: RateLimiterMemory;
  readonly #ofAll: RateLimiterMemory;
  readonly #counted = new Map<string, { call: Call; error: TreelineError; times: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ perMinute, summary }: RefusalBoundOptions) {
    this.#summary = summary;
    this.#ofSource = new RateLimiterMemory({ points: perMinute, duration: WINDOW_S });
    this.#ofAll = new RateLimiterMemory({ points: perMinute * SOURCES, duration: WINDOW_S });
  }

  /** Whether this one gets a line of its own; else it is counted. */
  async admits(call: Call, error: TreelineError): Promise<boolean> {
    const source = call.from.address ?? call.who.id ?? '';
    if ((await taken(this.#ofSource, source)) && (await taken(this.#ofAll, ''))) return true;
    this.#count(`${source} ${call.who.id} ${call.action} ${error.code}`, call, error);
    return false;
  }

  /** What was counted and not written yet is lost. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #count(key: string, call: Call, error: TreelineError): void {
    const known = this.#counted.get(key) ?? (this.#counted.size < COUNTED_MAX ? undefined : this.#last());
    if (known === undefined) this.#counted.set(key, { call, error, times: 1 });
    else known.times++;
    this.#timer ??= setTimeout(() => this.#flush(), WINDOW_S * 1000).unref();
  }

  #last() {
    return [...this.#counted.values()].at(-1);
  }

  #flush(): void {
    this.#timer = undefined;
    const all = [...this.#counted.values()];
    this.#counted.clear();
    for (const { call, error, times } of all) void this.#summary({ ...call, told: false }, error, times);
  }
}

async function taken(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  try {
    await limiter.consume(key);
    return true;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return false;
    throw refusal;
  }
}
