/**
 * Secrets of the relay itself, made once and kept in the store's `setting` records, so that all relays on one store agree.
 * Whoever can read the store can read them; what they protect still holds then: the keys' secrets have 238 random bits, so
 * no HMAC of one can be turned back. Forging sign-ins would be possible, as would be writing the store directly.
 */
import { SYSTEM_NAMESPACE } from './credential.ts';
import type { Store } from '../ports/store.ts';

/** The secret of this name; `make` makes its JSON value if the store has none yet. All callers get the same one. */
export async function storedSecret<T>(store: Store, name: string, make: () => Promise<T> | T): Promise<T> {
  const ref = { kind: 'setting', id: name } as const;
  const found = await store.get<T>(SYSTEM_NAMESPACE, ref);
  if (found !== undefined) return found.value;
  const value = await make();
  const { status } = await store.commit({ ns: SYSTEM_NAMESPACE, put: [{ ...ref, expect: 0, value }] });
  if (status === 'committed') return value;
  const winner = await store.get<T>(SYSTEM_NAMESPACE, ref);
  if (winner === undefined) throw new Error(`the setting ${name} could neither be written nor read: ${status}`);
  return winner.value;
}
