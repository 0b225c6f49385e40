/** Fills a store with sessions, by the store's own code and without a relay: what years of use leave behind. */
import { join } from 'node:path';
import { type Frame, newId, type RunnerId, type SessionId } from '@treeline/shared';
import { openRedisStore } from '@treeline/server/src/adapters/redis/open.ts';
import { openSqliteStore } from '@treeline/server/src/adapters/sqlite/index.ts';
import { DEFAULT_NAMESPACE } from '@treeline/server/src/auth/credential.ts';
import { indexesOf } from '@treeline/server/src/domain/indexes.ts';
import type { SessionRecord } from '@treeline/server/src/domain/records.ts';
import type { Store } from '@treeline/server/src/ports/store.ts';
import { eventText } from './scenarios/events.ts';

const SESSIONS_PER_UNIT = 500;
const CHILDREN = 8;

/** The store of a data folder, or of a Redis; no relay may have the folder open. */
export async function openStore(at: { dataDir: string } | { redisUrl: string }): Promise<Store> {
  if ('redisUrl' in at) return (await openRedisStore({ url: at.redisUrl, volatile: false })).store;
  return openSqliteStore({ file: join(at.dataDir, 'relay.db') });
}

/** Adds sessions that have ended, in trees of this size; returns the root of the first tree. */
export async function seedSessions(store: Store, it: { count: number; treeSize: number }): Promise<SessionId> {
  const runnerId = newId('runner');
  let first: SessionId | undefined;
  let unit: SessionRecord[] = [];
  const flush = async () => {
    await store.commit({
      ns: DEFAULT_NAMESPACE,
      put: unit.map((value) => {
        return { kind: 'session', id: value.id, expect: 0, value, indexes: indexesOf('session', value) };
      }),
    });
    unit = [];
  };
  let tree: SessionId[] = [];
  for (let i = 0; i < it.count; i++) {
    if (i % it.treeSize === 0) tree = [];
    const id = newId('session');
    const parentId = tree[Math.floor((tree.length - 1) / CHILDREN)] ?? null;
    tree.push(id);
    first ??= id;
    unit.push(record({ id, parentId, rootId: tree[0] ?? id, runnerId }));
    if (unit.length === SESSIONS_PER_UNIT) await flush();
  }
  await flush();
  if (first === undefined) throw new Error('no session was made');
  return first;
}

/** Gives a session a log of so many entries. */
export async function seedLog(store: Store, session: SessionId, entries: number): Promise<void> {
  const size = 32;
  const frames: Frame[] = [];
  for (let first = 1; first <= entries; first += size) {
    const count = Math.min(size, entries - first + 1);
    const records = Array.from({ length: count }, (_, i) => {
      return { id: newId('record'), at: 0, kind: 'notice', level: 'info', text: eventText(first + i) };
    });
    frames.push({
      id: newId('frame'),
      session,
      epoch: 1,
      first,
      count,
      kind: 'events',
      body: JSON.stringify(records),
    });
  }
  const results = await store.append(DEFAULT_NAMESPACE, frames);
  if (results.some(({ status }) => status !== 'appended')) throw new Error('the log was not appended');
}

function record(it: {
  id: SessionId;
  parentId: SessionId | null;
  rootId: SessionId;
  runnerId: RunnerId;
}): SessionRecord {
  const now = Date.now();
  return {
    ...it,
    kind: 'agent',
    title: 'Mend the flaky test of the importer',
    agent: 'scripted',
    labels: { project: 'importer' },
    depth: it.parentId === null ? 0 : 1,
    lifecycle: {
      state: 'ended',
      since: now,
      outcome: 'completed',
      reason: 'ok',
      summary: 'The test waited for a fixed time; it waits for the file now.',
      resumable: false,
    },
    attempt: 1,
    resumable: false,
    createdAt: now,
    createdBy: { kind: 'person', name: 'ann' },
    inbox: { last: 1, consumed: 1, waking: 0, reviving: 0 },
    open: [],
    liveChildren: 0,
    treeLive: 0,
    recentSpawns: [],
  };
}
