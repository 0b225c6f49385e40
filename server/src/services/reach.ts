/** What a share link reaches: the session that it shows, and with `tree` everything below it. Others reach their whole namespace. */
import { TreelineError, type SessionId } from '@treeline/shared';
import type { Principal } from '../domain/principal.ts';
import type { SessionRecord } from '../domain/records.ts';
import type { Store } from '../ports/store.ts';

const MAX_ANCESTORS = 16;

/** Throws not_found for what is out of reach, in the words for what does not exist. */
export async function mustReach(store: Store, by: Principal, id: SessionId): Promise<void> {
  if (by.kind !== 'share' || id === by.sessionId) return;
  if (by.tree) {
    let at: SessionId | null = id;
    for (let level = 0; at !== null && level < MAX_ANCESTORS; level++) {
      const session: SessionRecord | undefined = (await store.get<SessionRecord>(by.ns, { kind: 'session', id: at }))
        ?.value;
      if (session?.parentId === by.sessionId) return;
      at = session?.parentId ?? null;
    }
  }
  throw new TreelineError('not_found', `There is no session ${id}`);
}
