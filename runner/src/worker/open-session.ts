/** Reads a session's folder as its worker needs it, and brings the memory up to where the last worker was. */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FactRecord, type Frame, type InboxEntry } from '@treeline/shared';
import { z } from 'zod';
import { EntryReader } from '../process/entry-file.ts';
import { readJson, readText } from '../process/files.ts';
import { FrameFile } from '../process/frame-file.ts';
import { SessionFile, sessionPaths, type SessionPaths } from '../process/session-folder.ts';
import { Reserve } from '../process/reserve.ts';
import { SessionMemory } from './memory.ts';

const FactBody = z.tuple([FactRecord]);
/** What the memory has no use for; the bulk of the facts of a long session. */
const UNREAD = new Set(['state', 'usage']);

export interface OpenedSession {
  readonly paths: SessionPaths;
  readonly file: SessionFile;
  readonly secret: string;
  /** `$TREELINE_HOME`. */
  readonly home: string;
  readonly log: FrameFile;
  readonly memory: SessionMemory;
  /** Inbox items up to here have had their effect. */
  readonly consumed: number;
  /** The agent's token of an earlier attempt. */
  readonly resume: string | undefined;
  /** Room for what must be written to a full disk. */
  readonly reserve: Reserve;
  /** The attempt before was put to sleep in the middle of a turn. */
  readonly interrupted: boolean;
}

export interface OpenOptions {
  readonly folder: string;
  /** The disk failed in the background. */
  readonly onFailure: (error: Error) => void;
}

/** Rejects when the folder holds no session. */
export async function openSession({ folder, onFailure }: OpenOptions): Promise<OpenedSession> {
  const paths = sessionPaths(resolve(folder));
  const spec = await readJson(paths.spec, SessionFile);
  const secret = await readText(paths.secret);
  if (!spec.found || secret === undefined)
    throw new Error(`${folder} holds no session: ${spec.found ? 'no secret' : (spec.reason ?? 'no spec.json')}`);
  await mkdir(paths.agent, { recursive: true, mode: 0o700 });

  const facts: FactRecord[] = [];
  let lastState: FactRecord | undefined;
  const visit = (frame: Frame) => {
    for (const fact of factsOf(frame)) {
      if (fact.kind === 'state' || fact.kind === 'end') lastState = fact;
      if (!UNREAD.has(fact.kind)) facts.push(fact);
    }
  };
  const home = resolve(paths.folder, '..', '..');
  const reserve = Reserve.in(home);
  const log = new FrameFile({ path: paths.log, onFailure, visit, reserve });
  const consumed = facts.reduce(
    (last, fact) => (fact.kind === 'consumed' ? Math.max(last, fact.position) : last),
    spec.value.assignment.inboxAfter,
  );
  return {
    paths,
    file: spec.value,
    secret: secret.trim(),
    home,
    reserve,
    log,
    memory: recall(facts, await readEntries(paths.inbox, consumed)),
    consumed,
    resume: await readText(paths.resume),
    interrupted: isInterrupted(lastState),
  };
}

/** The fact of a fact frame; of any other, none. */
function factsOf({ kind, body }: Frame): FactRecord[] {
  if (kind !== 'fact') return [];
  const parsed = FactBody.safeParse(JSON.parse(body));
  return parsed.success ? parsed.data : [];
}

function isInterrupted(last: FactRecord | undefined): boolean {
  return last?.kind === 'state' && last.state === 'asleep' && last.interrupted === true;
}

async function readEntries(path: string, upTo: number): Promise<InboxEntry[]> {
  const reader = new EntryReader({ path, after: 0 });
  const entries: InboxEntry[] = [];
  for (let next = await reader.next(1000); next.length > 0; next = await reader.next(1000)) entries.push(...next);
  await reader.close();
  return entries.filter((entry) => entry.position <= upTo);
}

/** Folds log and inbox in the order in which they met: `consumed` says which items came before the facts after it. */
function recall(facts: readonly FactRecord[], entries: readonly InboxEntry[]): SessionMemory {
  const memory = new SessionMemory();
  let next = 0;
  for (const fact of facts) {
    if (fact.kind !== 'consumed') {
      memory.fact(fact);
      continue;
    }
    for (let entry = entries[next]; entry !== undefined && entry.position <= fact.position; entry = entries[++next]) {
      memory.item(entry.item);
    }
  }
  for (const entry of entries.slice(next)) memory.item(entry.item);
  return memory;
}
