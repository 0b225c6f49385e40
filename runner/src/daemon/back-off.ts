/** How long to wait before the next attempt to reach the relay: 50 ms at first, doubling to 5 s, each shortened by chance. */
const FIRST_MS = 50;
const LONGEST_MS = 5000;

export interface Attempts {
  /** That failed in a row, from 1. */
  readonly failures: number;
  /** Relays to choose from: each is tried once before the wait doubles. */
  readonly urls: number;
  /** From 0 to 1. Half of the wait is chance, so that many runners do not come back at once. */
  readonly random: number;
}

export function backOffMs({ failures, urls, random }: Attempts): number {
  const doublings = Math.min(Math.floor((failures - 1) / urls), 10);
  const longest = Math.min(FIRST_MS * 2 ** doublings, LONGEST_MS);
  return Math.round((longest * (1 + random)) / 2);
}

const CONNECT_MS = 4_000;
const LONGEST_CONNECT_MS = 16_000;

/**
 * How long an attempt may take, after so many in a row that nobody answered. One that leads into a broken way is given up
 * soon, since it does not heal; a slow way gets more time from attempt to attempt. A relay that refuses connections
 * while it restarts makes no way slow.
 */
export function connectLimitMs(unanswered: number): number {
  return Math.min(CONNECT_MS * (unanswered + 1), LONGEST_CONNECT_MS);
}
