/** Which limit a session has reached. Pure. */
import type { SessionLimits } from '@treeline/shared';
import { inMb } from './room.ts';

export interface SessionUse {
  readonly memoryBytes: number | undefined;
  /** Since its worker started. */
  readonly ageMs: number;
  /** Since its last turn ended; undefined while one runs. */
  readonly idleMs: number | undefined;
}

/** The lower of both for each thing: a session can tighten what its runner allows, and never loosen it. */
export function tighter(a: SessionLimits, b: SessionLimits = {}): SessionLimits {
  const lower = (x: number | undefined, y: number | undefined) =>
    x === undefined || y === undefined ? (x ?? y) : Math.min(x, y);
  const all = {
    memoryBytes: lower(a.memoryBytes, b.memoryBytes),
    timeMs: lower(a.timeMs, b.timeMs),
    idleMs: lower(a.idleMs, b.idleMs),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Why the session is to be stopped, for a person; undefined while it keeps its limits. */
export function limitReached(limits: SessionLimits, use: SessionUse): string | undefined {
  const { memoryBytes, timeMs, idleMs } = limits;
  if (memoryBytes !== undefined && use.memoryBytes !== undefined && use.memoryBytes > memoryBytes)
    return `It used ${inMb(use.memoryBytes)} of memory; its limit is ${inMb(memoryBytes)}.`;
  if (timeMs !== undefined && use.ageMs > timeMs) return `It ran for longer than its limit of ${seconds(timeMs)}.`;
  if (idleMs !== undefined && use.idleMs !== undefined && use.idleMs > idleMs)
    return `It was idle for longer than its limit of ${seconds(idleMs)}.`;
  return undefined;
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
