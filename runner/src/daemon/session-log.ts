/** What the log of a session says of its last attempt, and the end that the daemon writes for a worker that is proven dead. */
import {
  comparePositions,
  FactRecord,
  newId,
  START,
  type Assignment,
  type Fact,
  type Frame,
  type Outcome,
  type Position,
  type Reason,
} from '@treeline/shared';
import { z } from 'zod';
import { endOf, FrameFile, FrameReader } from '../process/frame-file.ts';
import type { Reserve } from '../process/reserve.ts';
import type { SessionFile, SessionPaths } from '../process/session-folder.ts';

const FRAMES_AT_ONCE = 256;
const Facts = z.array(FactRecord).length(1);

/** How an attempt stands by its log. */
export interface AttemptLog {
  /** The worker has said nothing at all. */
  readonly silent: boolean;
  readonly ending: 'none' | 'asleep' | 'ended';
  /** Whether the agent can go on with its transcript; undefined: in this attempt it did not say. */
  readonly resumable: boolean | undefined;
}

/** Reads how the attempt that the spec describes stands. `last` is the log's last record. */
export async function readAttempt(
  paths: SessionPaths,
  spec: Pick<SessionFile, 'logAfter'>,
  last: Position,
): Promise<AttemptLog> {
  const begin = spec.logAfter ?? START;
  if (comparePositions(last, begin) <= 0) return { silent: true, ending: 'none', resumable: undefined };
  // The last record nearly always says it; only a worker that died needs the whole attempt read.
  const atEnd = await fold(paths, { epoch: last.epoch, seq: last.seq - 1 });
  return atEnd.ending === 'none' ? fold(paths, begin) : atEnd;
}

/** The last record of the log, reading on from a place that is known. */
export async function findEnd(paths: SessionPaths, from: Position): Promise<Position> {
  let end = from;
  await eachFrame(paths, from, (frame) => (end = endOf(frame)));
  return end;
}

async function fold(paths: SessionPaths, after: Position): Promise<AttemptLog> {
  let log: AttemptLog = { silent: false, ending: 'none', resumable: undefined };
  await eachFrame(paths, after, (frame) => (log = withFrame(log, frame)));
  return log;
}

/** Every frame after a place, oldest first, to the end of the file. */
export async function eachFrame(paths: SessionPaths, after: Position, visit: (frame: Frame) => void): Promise<void> {
  const reader = new FrameReader({ path: paths.log, after });
  try {
    for (;;) {
      const frames = await reader.next(FRAMES_AT_ONCE);
      if (frames.length === 0) return;
      for (const frame of frames) visit(frame);
    }
  } finally {
    await reader.close();
  }
}

function withFrame(log: AttemptLog, frame: Frame): AttemptLog {
  const fact = lifecycleFact(frame);
  if (fact === undefined) return log;
  const resumable = fact.resumable ?? log.resumable;
  if (fact.kind === 'end') return { silent: false, ending: 'ended', resumable };
  return { silent: false, ending: fact.state === 'asleep' ? 'asleep' : 'none', resumable };
}

function lifecycleFact({ kind, body }: Frame): Fact<'state'> | Fact<'end'> | undefined {
  if (kind !== 'fact' || !/"kind":"(state|end)"/.test(body)) return undefined;
  const fact = Facts.safeParse(JSON.parse(body)).data?.[0];
  return fact?.kind === 'state' || fact?.kind === 'end' ? fact : undefined;
}

export interface ForcedEnd {
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly detail: string;
  readonly resumable: boolean;
}

/**
 * Appends the end of an attempt whose worker is dead. Cuts a torn
 * tail first: this process is the file's only writer now. On a full disk the reserve is given up for it. Returns where the
 * log ends.
 */
export async function appendEnd(
  paths: SessionPaths,
  { id: session, epoch, reserve }: Pick<Assignment, 'id' | 'epoch'> & { reserve?: Pick<Reserve, 'giveUp'> | undefined },
  end: ForcedEnd,
): Promise<Position> {
  const add = (log: FrameFile): void => {
    const record: Fact<'end'> = {
      id: newId('record'),
      at: Date.now(),
      kind: 'end',
      triggerId: newId('trigger'),
      ...end,
    };
    log.append({
      ...nextPlace(log.last, epoch),
      id: newId('frame'),
      session,
      count: 1,
      kind: 'fact',
      body: JSON.stringify([record]),
    });
  };
  return withLog(paths, add, { reserve });
}

/** Repeats what the relay does not have in a new epoch, for a worker that is dead. Ids of records stay; frames are new. */
export async function moveToEpoch(paths: SessionPaths, acked: Position, epoch: number): Promise<void> {
  const missing: Frame[] = [];
  const visit = (frame: Frame): void => {
    if (comparePositions(endOf(frame), acked) > 0) missing.push(frame);
  };
  const repeat = (log: FrameFile): void => {
    if (log.last.epoch >= epoch) return;
    for (const frame of missing) log.append({ ...frame, ...nextPlace(log.last, epoch), id: newId('frame') });
  };
  await withLog(paths, repeat, { visit });
}

function nextPlace(last: Position, atLeast: number): { epoch: number; first: number } {
  return last.epoch >= atLeast ? { epoch: last.epoch, first: last.seq + 1 } : { epoch: atLeast, first: 1 };
}

async function withLog(
  paths: SessionPaths,
  work: (log: FrameFile) => void,
  { visit, reserve }: { visit?: (frame: Frame) => void; reserve?: Pick<Reserve, 'giveUp'> | undefined },
): Promise<Position> {
  const failures: Error[] = [];
  const onFailure = (error: Error): void => void failures.push(error);
  const log = new FrameFile({ path: paths.log, onFailure, reserve, ...(visit === undefined ? {} : { visit }) });
  try {
    work(log);
    await log.flush();
  } finally {
    await log.close();
  }
  if (failures[0] !== undefined) throw failures[0];
  return log.last;
}
