import { YES } from '../../domain/indexes.ts';
import type { Store } from '../../ports/store.ts';

/** How many things wait for people, without what they put off: the number on an app's badge. */
export async function waitingForPeople(store: Store, ns: string): Promise<number> {
  const [escalated, snoozed] = await Promise.all(
    ['escalated', 'snoozed'].map((index) => store.count(ns, 'trigger', index, YES)),
  );
  return Math.max(0, (escalated ?? 0) - (snoozed ?? 0));
}
