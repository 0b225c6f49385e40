/** Times as people read them. `now` is an input. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `12s`, `4m`, `3h`, `2d`. */
export function spanText(ms: number): string {
  const span = Math.max(0, ms);
  if (span < MINUTE) return `${Math.floor(span / 1000)}s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)}m`;
  if (span < DAY) return `${Math.floor(span / HOUR)}h`;
  return `${Math.floor(span / DAY)}d`;
}

/** `2:05` until then; `0:00` when it is over. */
export function countdown(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
  return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `850 ms`, `4.2 s`, `3 m 10 s`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
}

/** Hours and minutes of the clock on the wall. */
export function clockText(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

export function fullText(at: number): string {
  return new Date(at).toLocaleString();
}

/** The clock of today, with the weekday in the last week, else with the date. */
export function momentText(at: number, now: number): string {
  if (new Date(at).toDateString() === new Date(now).toDateString()) return clockText(at);
  const day: Intl.DateTimeFormatOptions =
    now - at < 6 * DAY ? { weekday: 'short' } : { day: 'numeric', month: 'short' };
  return `${new Date(at).toLocaleDateString([], day)} ${clockText(at)}`;
}

const CLOCK = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit' });
const CLOCK_SECONDS = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY_TEXT = new Intl.DateTimeFormat([], { weekday: 'short', month: 'short', day: 'numeric' });

/** A time on an axis whose marks are `step` ms apart. */
export function tickText(at: number, step: number): string {
  if (step >= DAY) return DAY_TEXT.format(at);
  return (step < MINUTE ? CLOCK_SECONDS : CLOCK).format(at);
}

/** `Fri, Nov 28`. */
export function dayText(at: number): string {
  return DAY_TEXT.format(at);
}

/** Whether two times lie on one day of the calendar here. */
export function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
