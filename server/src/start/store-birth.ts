/** When a store began, for whoever asks whether it can have lost something: what is older than the store, and nothing else. */
import { SYSTEM_NAMESPACE } from '../auth/credential.ts';
import { storedSecret } from '../auth/stored-secret.ts';
import type { Store } from '../ports/store.ts';

/**
 * Milliseconds since 1970, by the clock of the relay that opened it first; to be asked for before anything else is written
 * to a new store. 0 for one that was there before this was noted: it has lost nothing that anybody knows of.
 */
export function storeBirth(store: Store, now: () => number): Promise<number> {
  return storedSecret(store, 'born', async () => {
    const settings = await store.list({ ns: SYSTEM_NAMESPACE, kind: 'setting', limit: 1 });
    return settings.length === 0 ? now() : 0;
  });
}
