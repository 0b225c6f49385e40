/** Quiet hours by the clock on somebody's wall. */
import type { QuietHours } from '@treeline/shared';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** The moment itself, or the end of the quiet hours that it falls into. */
export function afterQuiet(at: number, quiet: QuietHours | null): number {
  if (quiet === null) return at;
  const from = minutesOf(quiet.from);
  const to = minutesOf(quiet.to);
  let moment = at;
  // A change of the clock within the night can put the first guess before the end.
  for (let tries = 0; tries < 3; tries++) {
    const now = wallMinutes(moment, quiet.zone);
    const isQuiet = from <= to ? now >= from && now < to : now >= from || now < to;
    if (!isQuiet) return moment;
    moment = Math.floor(moment / MINUTE_MS) * MINUTE_MS + ((to - now + DAY_MINUTES) % DAY_MINUTES) * MINUTE_MS;
  }
  return moment;
}

export function isZone(zone: string): boolean {
  try {
    clockOf(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function wallMinutes(at: number, zone: string): number {
  return minutesOf(clockOf(zone).format(at));
}

function clockOf(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
