/** What this runner can say, from its folder, of a session that its relay has lost. */
import {
  comparePositions,
  FactRecord,
  START,
  type Frame,
  type Position,
  type RecordId,
  type SessionClaim,
  type TriggerId,
} from '@treeline/shared';
import { z } from 'zod';
import { EntryReader } from '../process/entry-file.ts';
import { endOf } from '../process/frame-file.ts';
import type { SessionFile, SessionPaths } from '../process/session-folder.ts';
import { eachFrame } from './session-log.ts';

const MAX_OPEN = 64;
const ITEMS_AT_ONCE = 256;
const Facts = z.array(FactRecord).length(1);

export interface Claimable {
  readonly paths: SessionPaths;
  readonly spec: SessionFile;
  /** Last record that the relay acknowledged before it lost the session. */
  readonly acked: Position;
  /** Last inbox item on the disk. */
  readonly inboxPosition: number;
}

/** Reads the session's log and inbox. */
export async function claimOf({ paths, spec, acked, inboxPosition }: Claimable): Promise<SessionClaim> {
  const log = await readHistory(paths, acked);
  const inbox = await readInbox(paths);
  const { id, attempt, agent, title, cwd, worktree, limits, model, labels, parentId } = spec.assignment;
  const open = [...log.asked].filter(
    ([triggerId, record]) => !inbox.answered.has(triggerId) && !inbox.refused.has(record),
  );
  return {
    id,
    attempt,
    agent,
    title,
    ...(cwd === undefined ? {} : { cwd }),
    ...(worktree === undefined ? {} : { worktree }),
    ...(limits === undefined ? {} : { limits }),
    ...(model === undefined ? {} : { model }),
    labels,
    parentId,
    history: log.end,
    inboxPosition,
    ended: log.endedAt !== undefined && comparePositions(log.endedAt, spec.logAfter ?? START) > 0,
    open: open.map(([triggerId]) => triggerId).slice(-MAX_OPEN),
  };
}

interface History {
  /** Where what the file has of it ends. */
  readonly end: Position;
  /** Where the record of its end stands, when nothing of the session's life follows that. */
  readonly endedAt: Position | undefined;
  /** Questions that were not withdrawn, with their records. */
  readonly asked: ReadonlyMap<TriggerId, RecordId>;
}

async function readHistory(paths: SessionPaths, until: Position): Promise<History> {
  let end = START;
  let endedAt: Position | undefined;
  const asked = new Map<TriggerId, RecordId>();
  await eachFrame(paths, START, (frame) => {
    if (comparePositions(endOf(frame), until) > 0) return;
    end = endOf(frame);
    const fact = factIn(frame);
    if (fact?.kind === 'ask') asked.set(fact.triggerId, fact.id);
    else if (fact?.kind === 'withdraw') asked.delete(fact.triggerId);
    else if (fact?.kind === 'state') endedAt = undefined;
    else if (fact?.kind === 'end') {
      endedAt = end;
      asked.clear();
    }
  });
  return { end, endedAt, asked };
}

function factIn({ kind, body }: Frame): FactRecord | undefined {
  if (kind !== 'fact' || !/"kind":"(ask|withdraw|state|end)"/.test(body)) return undefined;
  return Facts.safeParse(JSON.parse(body)).data?.[0];
}

async function readInbox(paths: SessionPaths): Promise<{ answered: Set<TriggerId>; refused: Set<RecordId> }> {
  const answered = new Set<TriggerId>();
  const refused = new Set<RecordId>();
  const reader = new EntryReader({ path: paths.inbox, after: 0 });
  try {
    for (;;) {
      const entries = await reader.next(ITEMS_AT_ONCE);
      if (entries.length === 0) return { answered, refused };
      for (const { item } of entries) {
        if (item.kind === 'answer') answered.add(item.triggerId);
        else if (item.kind === 'refusal') refused.add(item.recordId);
      }
    }
  } finally {
    await reader.close();
  }
}
