import type { RunnerId } from '@treeline/shared';
import type { SessionRecord } from '../domain/records.ts';
import type { Store } from '../ports/store.ts';

const MAX = 5000;

/** The sessions of a runner that are not over. */
export async function liveOn(store: Store, of: { ns: string; runnerId: RunnerId }): Promise<SessionRecord[]> {
  const page = { ns: of.ns, kind: 'session', index: 'liveOnRunner', value: of.runnerId, limit: MAX } as const;
  return (await store.list<SessionRecord>(page)).map(({ value }) => value);
}
