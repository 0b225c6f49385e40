/** Whether there is room for one more session: the owner's word, and what the machine has left. Pure. */
import type { RunnerHealth } from '@treeline/shared';

export interface Floors {
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

export interface Totals {
  readonly memoryBytes: number;
  /** Undefined where the file system does not tell. */
  readonly diskBytes: number | undefined;
}

const MB = 1024 * 1024;
/** What is kept free unless the owner says otherwise: so much, or on a small machine this part of it. */
const MEMORY_BYTES = 128 * MB;
const DISK_BYTES = 256 * MB;
const PART = 0.05;

export function floorsOf(configured: Partial<Floors>, totals: Totals): Floors {
  return {
    memoryBytes: configured.memoryBytes ?? Math.min(MEMORY_BYTES, totals.memoryBytes * PART),
    diskBytes: configured.diskBytes ?? Math.min(DISK_BYTES, (totals.diskBytes ?? Infinity) * PART),
  };
}

/** Why no new session is taken, for a person; undefined when there is room. */
export function whyNoRoom(now: {
  readonly paused: 'owner' | 'relay' | undefined;
  readonly health: Pick<RunnerHealth, 'memoryFreeBytes' | 'diskFreeBytes'>;
  readonly floors: Floors;
}): string | undefined {
  const { paused, health, floors } = now;
  if (paused === 'owner') return 'it is paused on its machine (`treeline runner resume` there ends that)';
  if (paused === 'relay') return 'it is paused (`treeline runner resume` ends that)';
  const { memoryFreeBytes: memory, diskFreeBytes: disk } = health;
  if (disk !== undefined && disk < floors.diskBytes)
    return `its disk is nearly full: ${inMb(disk)} free, ${inMb(floors.diskBytes)} are kept free`;
  if (memory !== undefined && memory < floors.memoryBytes)
    return `it is short of memory: ${inMb(memory)} free, ${inMb(floors.memoryBytes)} are kept free`;
  return undefined;
}

export const inMb = (bytes: number): string => `${Math.round(bytes / MB)} MB`;
