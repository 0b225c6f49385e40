import { YES } from '../../domain/indexes.ts';
import type { Store } from '../../ports/store.ts';

/** How many things wait for people: the number on an app's badge. */
export function waitingForPeople(store: Store, ns: string): Promise<number> {
  return store.count(ns, 'trigger', 'escalated', YES);
}
