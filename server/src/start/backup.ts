/** `treeline relay backup`: a copy of the embedded store, whole, taken while the relay runs. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TreelineError } from '@treeline/shared';
import type { Store } from '../ports/store.ts';

/** One file, replaced by each backup: whoever may ask for backups cannot fill the disk with them. */
const NAME = 'relay.db.backup';

export type MakeBackup = () => Promise<{ file: string; bytes: number; at: number }>;

/** Throws bad_request on a Redis, which has its own ways. */
export function backupOf(store: Store, { dataDir, now }: { dataDir: string; now: () => number }): MakeBackup {
  let running: ReturnType<MakeBackup> | undefined;
  const make = async () => {
    if (store.backup === undefined) {
      throw new TreelineError(
        'bad_request',
        'This relay keeps everything in Redis: back up its append-only files instead (docs/operations.md says how)',
      );
    }
    const at = now();
    const file = join(dataDir, NAME);
    await store.backup(file);
    return { file, bytes: (await stat(file)).size, at };
  };
  return () => {
    running ??= make().finally(() => (running = undefined));
    return running;
  };
}
