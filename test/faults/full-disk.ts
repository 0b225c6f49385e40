/** Fills the disk below a folder to its last byte. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Returns what gives the room back. */
export function fillUp(folder: string): () => void {
  const path = join(folder, 'ballast');
  const file = openSync(path, 'w');
  for (let chunk = Buffer.alloc(1024 * 1024); chunk.length > 0;) {
    try {
      writeSync(file, chunk);
    } catch {
      chunk = Buffer.alloc(Math.floor(chunk.length / 2)); // It is full for this much; smaller pieces may still fit.
    }
  }
  return () => {
    closeSync(file);
    rmSync(path, { force: true });
  };
}

/** For a while. */
export async function fillDisk(folder: string, ms: number): Promise<void> {
  const giveBack = fillUp(folder);
  await sleep(ms);
  giveBack();
}
