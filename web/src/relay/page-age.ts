/** Whether this page is still the one that the relay serves, and its parts. */
import { paths } from '../paths.ts';

const TIMEOUT_MS = 8_000;
/** The script with which a page of the viewer begins; its name changes with each version. */
const BEGINS_WITH = /<script type="module"[^>]* src="(\/assets\/[^"]+)"/;

/** The relay serves a newer viewer: files of this page that were not fetched yet are gone. False when that cannot be known now. */
export async function isOutdated(): Promise<boolean> {
  const mine = document.querySelector('script[type="module"][src]')?.getAttribute('src');
  try {
    const answer = await fetch(paths.home, {
      cache: 'no-store',
      headers: { accept: 'text/html' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    // A page of somebody else (a proxy's, a hotel's) has no such script.
    const theirs = answer.ok ? BEGINS_WITH.exec(await answer.text())?.[1] : undefined;
    return theirs !== undefined && theirs !== mine;
  } catch {
    return false; // The relay is away.
  }
}

/** The relay has this file of the viewer. False when that cannot be known now. */
export async function isServed(address: string): Promise<boolean> {
  try {
    return (await fetch(address, { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) })).ok;
  } catch {
    return false; // The relay is away.
  }
}
