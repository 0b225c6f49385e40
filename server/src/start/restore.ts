/** `treeline relay restore`: for a process that starts no relay. */
import { join } from 'node:path';
import { restore } from '../adapters/sqlite/backup.ts';

/** Throws an Error of one line; then nothing was changed. */
export function restoreBackup(options: { from: string; dataDir: string; replace: boolean }): {
  replaced: string | undefined;
} {
  const { from, dataDir, replace } = options;
  return restore({ from, file: join(dataDir, 'relay.db'), replace });
}
