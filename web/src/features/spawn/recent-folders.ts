/** Folders in which sessions were started from this browser, the latest first, by runner. */
import { stringOf } from '../../state/records.ts';
import { remember, remembered } from '../remembered.ts';

const KEY = 'treeline.folders';
const MOST = 8;

export function recentFolders(runnerId: string): string[] {
  return (all()[runnerId] ?? []).slice(0, MOST);
}

export function rememberFolder(runnerId: string, folder: string): void {
  const known = all();
  const mine = [folder, ...(known[runnerId] ?? []).filter((one) => one !== folder)].slice(0, MOST);
  remember(KEY, JSON.stringify({ ...known, [runnerId]: mine }));
}

function all(): Record<string, string[]> {
  try {
    const value: unknown = JSON.parse(remembered(KEY) ?? '{}');
    const entries = Object.entries(value as Record<string, unknown>).filter(([, list]) => Array.isArray(list));
    return Object.fromEntries(
      entries.map(([id, list]) => [id, (list as unknown[]).flatMap((one) => stringOf(one) ?? [])]),
    );
  } catch {
    return {}; // Somebody else wrote there.
  }
}
