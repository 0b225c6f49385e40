/** Waiting for what happens in other processes: by looking, with a deadline, and with a failure that says what was seen last. */
import { setTimeout as pause } from 'node:timers/promises';

/** The longest pause between two looks. */
const MOST_MS = 250;

export interface UntilOptions {
  /** Default 45 s: long enough for a machine that is busy with other things. */
  readonly withinMs?: number;
  /** Between two looks, at first; later a tenth of what has been waited, so that waiting costs what is waited for nothing. */
  readonly everyMs?: number;
  /** What to show of the world when it did not happen. */
  readonly otherwise?: () => unknown;
}

/**
 * Resolves with what the look finds: anything but undefined and false. Rejects after the deadline, naming what was
 * awaited; a look that throws is tried again, and its last error is told.
 */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  { withinMs = 45_000, everyMs = 25, otherwise }: UntilOptions = {},
): Promise<T> {
  const began = performance.now();
  const deadline = began + withinMs;
  for (;;) {
    let failure: unknown;
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > deadline) throw new Error(await inVain({ what, withinMs, otherwise }), { cause: failure });
    await pause(Math.max(everyMs, Math.min(MOST_MS, (performance.now() - began) / 10)));
  }
}

async function inVain(wait: {
  what: string;
  withinMs: number;
  otherwise: (() => unknown) | undefined;
}): Promise<string> {
  const seen = wait.otherwise === undefined ? '' : `\nInstead: ${JSON.stringify(await wait.otherwise(), undefined, 2)}`;
  return `Within ${wait.withinMs / 1000} s it did not happen that ${wait.what}.${seen}`;
}
