/** Which process exactly: a pid is used again after a while; with its start time and the machine's boot it is not. */
import { uptime } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { bootId, findProcess, listProcesses, type ProcessRow } from './process-table.ts';
import type { WorkerFile } from './session-folder.ts';

/** In /proc: USER_HZ is 100 on every Linux that Node runs on. */
const MS_PER_TICK = 10;
const GRACE_MS = 5_000;
const POLL_MS = 25;
/** After SIGKILL a process can linger only in the kernel (a dead disk): nothing more can be done then. */
const KILLED_WITHIN_MS = 1_000;

export type ProcessIdentity = Pick<WorkerFile, 'pid' | 'startTime' | 'bootId'>;

/** Who a pid is now; undefined when no such process lives. */
export function identify(pid: number): ProcessIdentity | undefined {
  const row = findProcess(pid);
  return row === undefined ? undefined : { pid, startTime: row.startTime, bootId: bootId() };
}

/** Milliseconds since a living process was started, by the kernel's own clock; 0 where that is not told. */
export function ageOf({ startTime }: Pick<ProcessIdentity, 'startTime'>): number {
  if (!/^\d+$/.test(startTime)) return 0;
  return Math.max(0, uptime() * 1000 - Number(startTime) * MS_PER_TICK);
}

/** Whether exactly this process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return findProcess(identity.pid)?.startTime === identity.startTime && identity.bootId === bootId();
}

export interface KillOptions {
  /** From SIGTERM to SIGKILL; default 5000. */
  readonly graceMs?: number | undefined;
  /** The leader ends by itself with the last of the others, and would take them with it: it is killed, never asked. */
  readonly leaderWaits?: boolean | undefined;
}

/**
 * Ends a process group and everything that its members started, groups of their own included. `stop` asks with SIGTERM
 * and kills what is left after `graceMs`; `kill` does not ask. Resolves when all are gone; at once when none is there.
 */
export async function killGroup(
  pid: number,
  strength: 'stop' | 'kill',
  { graceMs = GRACE_MS, leaderWaits = false }: KillOptions = {},
): Promise<void> {
  const family = new Family(pid);
  if (strength === 'stop') {
    family.signal('SIGTERM', leaderWaits ? pid : undefined);
    if (await family.goneWithin(graceMs)) return;
  }
  family.signal('SIGKILL');
  const deadline = performance.now() + KILLED_WITHIN_MS;
  while (!(await family.goneWithin(POLL_MS)) && performance.now() < deadline) family.signal('SIGKILL');
}

/** Stops a process and its group where they stand, or lets them go on. Nothing when they have ended. */
export function pauseGroup(leader: number, on: boolean): void {
  try {
    process.kill(-leader, on ? 'SIGSTOP' : 'SIGCONT');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** The living members of a group and their descendants, remembered so that a member whose parent died is still found. */
class Family {
  readonly #leader: number;
  #known: ProcessRow[] = [];

  constructor(leader: number) {
    this.#leader = leader;
    this.#refresh();
  }

  signal(name: 'SIGTERM' | 'SIGKILL', spared?: number): void {
    for (const { pid } of this.#known) {
      if (pid === spared) continue;
      try {
        process.kill(pid, name);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
      }
    }
  }

  async goneWithin(ms: number): Promise<boolean> {
    const deadline = performance.now() + ms;
    for (;;) {
      this.#refresh();
      if (this.#known.length === 0) return true;
      const left = deadline - performance.now();
      if (left <= 0) return false;
      await delay(Math.min(POLL_MS, left));
    }
  }

  #refresh(): void {
    const rows = listProcesses();
    const before = new Map(this.#known.map((row) => [row.pid, row.startTime]));
    const members = new Set<number>();
    const belongs = (row: ProcessRow) =>
      row.group === this.#leader || members.has(row.parent) || before.get(row.pid) === row.startTime;
    for (let size = -1; size !== members.size;) {
      size = members.size;
      for (const row of rows) if (row.pid === this.#leader || belongs(row)) members.add(row.pid);
    }
    members.delete(process.pid);
    this.#known = rows.filter((row) => members.has(row.pid));
  }
}
