/** Times and durations as people write them: `500ms`, `30s`, `10m`, `2h`, `7d`; a bare number is seconds. */
const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds; undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim());
  if (match === null) return undefined;
  const unit = (match[2] ?? 's') as keyof typeof UNITS;
  return Math.round(Number(match[1]) * UNITS[unit]);
}

/** The largest unit that is at least one, rounded down: `4m`, `2h`, `3d`; below a second `0s`. */
export function formatAge(ms: number): string {
  for (const unit of ['d', 'h', 'm'] as const) {
    if (ms >= UNITS[unit]) return `${Math.floor(ms / UNITS[unit])}${unit}`;
  }
  return `${Math.max(0, Math.floor(ms / 1000))}s`;
}

/** Local time: `2026-11-21 14:02:11`. */
export function formatTime(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${formatClock(at)}`;
}

/** Local time of day: `14:02:11`. */
export function formatClock(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}
