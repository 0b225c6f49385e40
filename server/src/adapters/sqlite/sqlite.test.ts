import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeContract } from '../../ports/store.contract.ts';
import { openSqliteFromSources } from './from-sources.ts';

storeContract({
  name: 'sqlite',
  open: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'treeline-sqlite-'));
    const file = join(folder, 'relay.db');
    let store = await openSqliteFromSources(file);
    return {
      store,
      reopen: async () => {
        await store.close();
        store = await openSqliteFromSources(file);
        return store;
      },
      close: async () => {
        await store.close();
        await rm(folder, { recursive: true });
      },
    };
  },
});
