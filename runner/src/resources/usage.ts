/** What the processes of a session use: memory, as the kernel has it. Linux only; elsewhere nothing is told. */
import { readFile } from 'node:fs/promises';
import { listProcesses, type ProcessRow } from '../process/process-table.ts';

/** Resident memory in bytes of each worker with everything that it started; a worker that is gone is left out. */
export async function memoryOf(workers: readonly number[]): Promise<Map<number, number>> {
  if (process.platform !== 'linux' || workers.length === 0) return new Map();
  const rows = listProcesses();
  const measured = await Promise.all(
    workers.map(async (worker) => {
      const sizes = await Promise.all(familyOf(rows, worker).map(residentBytes));
      return [worker, sizes.reduce((sum, size) => sum + size, 0)] as const;
    }),
  );
  return new Map(measured.filter(([, bytes]) => bytes > 0));
}

/** Pids of a group's leader, its group, and all that descend from them. */
export function familyOf(rows: readonly ProcessRow[], leader: number): number[] {
  const family = new Set<number>();
  for (let before = -1; before !== family.size;) {
    before = family.size;
    for (const { pid, parent, group } of rows) {
      if (pid === leader || group === leader || family.has(parent)) family.add(pid);
    }
  }
  return [...family];
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}
