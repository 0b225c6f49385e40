/**
 * What this browser keeps of what it saw, in IndexedDB, until somebody signs out. Where nothing may be kept (a private
 * window), nothing is, and everything else works.
 */
import { clear, createStore, del, get, keys, set, type UseStore } from 'idb-keyval';

export const DATABASE = 'treeline';
export const TABLE = 'kept';

export class Saved {
  #store: UseStore | undefined;

  async get<T>(key: string): Promise<T | undefined> {
    return this.#try((store) => get<T>(key, store));
  }

  async set(key: string, value: unknown): Promise<void> {
    await this.#try((store) => set(key, value, store));
  }

  async remove(key: string): Promise<void> {
    await this.#try((store) => del(key, store));
  }

  async keys(): Promise<string[]> {
    return (await this.#try((store) => keys<string>(store))) ?? [];
  }

  /** Nothing of what was seen is left. */
  async wipe(): Promise<void> {
    await this.#try((store) => clear(store));
  }

  async #try<T>(use: (store: UseStore) => Promise<T>): Promise<T | undefined> {
    try {
      this.#store ??= createStore(DATABASE, TABLE);
      return await use(this.#store);
    } catch {
      return undefined;
    }
  }
}
