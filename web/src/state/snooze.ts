/** Until when a decision can be put off. `now` is an input. */

const MINUTE = 60_000;
const MORNING = 9;

export interface Snooze {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly untilFrom: (now: number) => number;
}

/** What the key z does. */
export const HOUR: Snooze = { text: 'For an hour', untilFrom: (now) => now + 60 * MINUTE };

export const SNOOZES: readonly Snooze[] = [
  { text: 'For 15 minutes', untilFrom: (now) => now + 15 * MINUTE },
  HOUR,
  { text: 'For 4 hours', untilFrom: (now) => now + 240 * MINUTE },
  { text: 'Until tomorrow, 9:00', untilFrom: tomorrow },
];

/** Nine o'clock of the next day, by the clock on the wall here. */
function tomorrow(now: number): number {
  const date = new Date(now);
  date.setDate(date.getDate() + 1);
  date.setHours(MORNING, 0, 0, 0);
  return date.getTime();
}
