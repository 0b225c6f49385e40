/**
 * In every bundle that `pnpm test:faults` runs, and in no other: lets the fault program reach into a process by files in
 * its TMPDIR. `fail-<failpoint>` holds at which time of coming there the process is to crash; `clock` holds by how many
 * milliseconds its clock is wrong.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CLOCK_EVERY_MS = 100;

function numberIn(path) {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return 0;
  }
}

globalThis.treelineFailpoint = (name) => {
  const path = join(tmpdir(), `fail-${name}`);
  const left = numberIn(path);
  if (left === 0) return;
  if (left > 1) return writeFileSync(path, String(left - 1));
  rmSync(path, { force: true });
  process.kill(process.pid, 'SIGKILL');
};

const rightNow = Date.now;
let wrongBy = numberIn(join(tmpdir(), 'clock'));
setInterval(() => (wrongBy = numberIn(join(tmpdir(), 'clock'))), CLOCK_EVERY_MS).unref();
Date.now = () => rightNow() + wrongBy;
