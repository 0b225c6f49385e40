/** The relay's time: it says when things were and until when they wait, and the clock of this device may be wrong. */

/** Dates of HTTP are whole seconds, and an answer takes its time: what differs by less is the same. */
const NOTICED_MS = 5_000;

let ahead = 0;

/** Milliseconds since 1970 by the relay's clock, as far as it was heard; else by that of this device. */
export function relayNow(): number {
  return Date.now() + ahead;
}

/** Learns from the date of an answer of the relay, which came just now. */
export function hearClock(date: string | null): void {
  const told = Date.parse(date ?? '');
  if (Number.isNaN(told)) return;
  const differs = told - Date.now();
  ahead = Math.abs(differs) < NOTICED_MS ? 0 : differs;
}
