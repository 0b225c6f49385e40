/** Fills the disk below a folder to its last byte, for a while. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export async function fillDisk(folder: string, ms: number): Promise<void> {
  const path = join(folder, 'ballast');
  const file = openSync(path, 'w');
  try {
    for (let chunk = Buffer.alloc(1024 * 1024); chunk.length > 0;) {
      try {
        writeSync(file, chunk);
      } catch {
        chunk = Buffer.alloc(Math.floor(chunk.length / 2)); // It is full for this much; smaller pieces may still fit.
      }
    }
    await sleep(ms);
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
}
