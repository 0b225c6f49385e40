/** The stretch of time that a timeline shows, ms since 1970. */
export interface Axis {
  readonly from: number;
  readonly until: number;
}

/** Where on the axis a time lies, in per cent of it. */
export function shareOf({ from, until }: Axis, at: number): number {
  return Math.min(100, Math.max(0, ((at - from) / (until - from)) * 100));
}
