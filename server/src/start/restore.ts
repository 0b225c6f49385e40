/** `treeline relay restore`: for a process that starts no relay. */
import { join } from 'node:path';

/** Rejects with an Error of one line; then nothing was changed. */
export async function restoreBackup(options: { from: string; dataDir: string; replace: boolean }): Promise<{
  replaced: string | undefined;
}> {
  // A relay that starts keeps SQLite to its store thread and does not load it twice.
  const { restore } = await import('../adapters/sqlite/backup.ts');
  const { from, dataDir, replace } = options;
  return restore({ from, file: join(dataDir, 'relay.db'), replace });
}
