/** Numbers from runs: percentiles, and what the kernel counts of a process: CPU and memory. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** Clock ticks of /proc are 1/100 s on every Linux that Node runs on. */
export const TICK_US = 10_000;

export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((p / 100) * sorted.length))] ?? Number.NaN;
}

/** Of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [a = Number.NaN, b = a] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (a + b) / 2;
}

/** Fields of /proc/<pid>/stat after the name of the program; undefined when the process is gone. */
export function statOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** When a process began, ms since 1970, by the kernel's clock of 10 ms. */
export function bornAt(pid: number): number {
  const uptimeMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0]) * 1000;
  const ticks = Number(statOf(pid)?.[19]);
  return Date.now() - (uptimeMs - (ticks * TICK_US) / 1000);
}

/** User and system time that processes have used, all their threads together, µs. */
export function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = statOf(pid) ?? [];
    return sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_US;
  }, 0);
}

export interface Memory {
  readonly rssMb: number;
  /** What would be free if the process ended. */
  readonly privateMb: number;
}

export async function memoryOf(pid: number): Promise<Memory> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return { rssMb: kb('Rss') / 1024, privateMb: (kb('Private_Clean') + kb('Private_Dirty')) / 1024 };
}
