/** generation: grows with each daemon start, so that the relay can tell a stale copy of this folder from the folder. */
import { readText, writePrivate } from '../process/files.ts';
import type { Home } from './home.ts';

/**
 * Raises the counter durably and returns it. Only the holder of the daemon's lock may call it. A file that is missing
 * or damaged continues at the clock's seconds, which are beyond any count of starts.
 */
export async function raiseGeneration(home: Home): Promise<number> {
  const text = (await readText(home.generation))?.trim();
  const next = nextGeneration(text, Math.floor(Date.now() / 1000));
  await writePrivate(home.generation, `${next}\n`);
  return next;
}

export function nextGeneration(text: string | undefined, seconds: number): number {
  const last = text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : 0;
  return last > 0 ? last + 1 : seconds;
}
