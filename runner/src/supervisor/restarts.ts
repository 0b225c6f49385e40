/** Whether and when a daemon that crashed is started again. Pure: times are inputs. */
const FIRST_MS = 200;
const LONGEST_MS = 10_000;
/** A daemon that ran this long was healthy: the waits begin anew. */
const HEALTHY_MS = 60_000;
const LOOP_CRASHES = 5;
const LOOP_MS = 60_000;

export interface Crash {
  readonly startedAt: number;
  readonly endedAt: number;
}

export type Verdict =
  | { readonly do: 'restart'; readonly afterMs: number }
  | { readonly do: 'give_up'; readonly why: string };

/** `crashes`: all so far, oldest first, the last one just now. */
export function afterCrash(crashes: readonly Crash[]): Verdict {
  const now = crashes.at(-1)?.endedAt ?? 0;
  const recent = crashes.filter(({ endedAt }) => now - endedAt < LOOP_MS).length;
  if (recent >= LOOP_CRASHES) {
    return { do: 'give_up', why: `the daemon crashed ${recent} times within ${LOOP_MS / 1000} seconds` };
  }
  const lastHealthy = crashes.findLastIndex(({ startedAt, endedAt }) => endedAt - startedAt >= HEALTHY_MS);
  const inARow = crashes.length - Math.max(lastHealthy, 0);
  return { do: 'restart', afterMs: Math.min(FIRST_MS * 2 ** Math.max(inARow - 1, 0), LONGEST_MS) };
}
