/** How much of the machine others used while something was measured: a sample taken beside a busy neighbour says little. */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { statOf, TICK_US } from './measure.ts';

interface Reading {
  readonly at: number;
  /** CPU that the whole machine, and this program with all that it started, have used so far, µs. */
  readonly all: number;
  readonly own: number;
}

/** Begins to watch; the result, called at the end, is the share of the machine that others used, 0 … 1. */
export function watchForeign(): () => number {
  const before = read();
  return () => {
    const after = read();
    const foreign = after.all - before.all - (after.own - before.own);
    return Math.min(1, Math.max(0, foreign / ((after.at - before.at) * 1000 * availableParallelism())));
  };
}

function read(): Reading {
  return { at: performance.now(), all: busy(), own: ownCpu() };
}

function busy(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) * TICK_US;
}

/** Of this process and its descendants, those that ended and were waited for included. */
function ownCpu(): number {
  const children = new Map<number, number[]>();
  const used = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const fields = Number.isInteger(pid) ? statOf(pid) : undefined;
    if (fields === undefined) continue;
    const parent = Number(fields[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
    used.set(pid, fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_US);
  }
  let sum = 0;
  const open = [process.pid];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    sum += used.get(pid) ?? 0;
    open.push(...(children.get(pid) ?? []));
  }
  return sum;
}
