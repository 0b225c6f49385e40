/** Crashes by failpoint: the next process of a machine that comes by there is to die. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failpoint } from '@treeline/shared';

const WAIT_MS = 2500;
const LOOK_MS = 20;

/** Arms it for the processes with this TMPDIR. True when one has died there; after a while nobody is to die any more. */
export async function crashAt(tmp: string, name: Failpoint, time: number): Promise<boolean> {
  const path = join(tmp, `fail-${name}`);
  writeFileSync(path, String(time));
  for (let waited = 0; waited < WAIT_MS; waited += LOOK_MS) {
    await sleep(LOOK_MS);
    if (!existsSync(path)) return true;
  }
  try {
    rmSync(path);
    return false;
  } catch {
    return true; // It was quicker.
  }
}
