/** What frames hold, read as carefully as anything from outside. */
import {
  type FactRecord,
  FactRecord as FactSchema,
  type Frame,
  isShallow,
  parseJson,
  TreelineError,
} from '@treeline/shared';
import { z } from 'zod';

const FactBody = z.array(FactSchema).length(1);

export interface Run {
  readonly kind: Frame['kind'];
  readonly frames: Frame[];
}

/** Consecutive frames of a kind. */
export function runsOf(frames: readonly Frame[]): Run[] {
  const runs: Run[] = [];
  for (const frame of frames) {
    const last = runs.at(-1);
    if (last?.kind === frame.kind) last.frames.push(frame);
    else runs.push({ kind: frame.kind, frames: [frame] });
  }
  return runs;
}

/** The body of an event frame is stored unread, but it must be what it says: that many events, not too deep. Throws bad_request. */
export function checkedEvents(frame: Frame): Frame {
  const records = parseBody(frame.body);
  if (records === undefined || !isShallow(records))
    throw new TreelineError('bad_request', `Frame ${frame.id} is not a JSON array of bounded depth`);
  if (records.length !== frame.count)
    throw new TreelineError('bad_request', `Frame ${frame.id} says ${frame.count} records and holds ${records.length}`);
  if (!records.every(isEvent))
    throw new TreelineError('bad_request', `Frame ${frame.id} holds a record that is no event`);
  return frame;
}

function parseBody(body: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEvent(record: unknown): boolean {
  if (typeof record !== 'object' || record === null || !('kind' in record)) return false;
  return record.kind === 'update' || record.kind === 'notice';
}

export interface FramedFact {
  readonly frame: Frame;
  readonly fact: FactRecord;
}

/** Throws bad_request. */
export function framedFact(frame: Frame): FramedFact {
  const [fact] = parseJson(FactBody, frame.body, 'A fact frame');
  if (fact === undefined) throw new TreelineError('bad_request', 'A fact frame holds exactly one record');
  return { frame, fact };
}

/** The frames before the first that cannot be read, and what is wrong with that one. */
export function untilMalformed<T>(
  frames: readonly Frame[],
  read: (frame: Frame) => T,
): { good: T[]; malformed: TreelineError | undefined } {
  const good: T[] = [];
  for (const frame of frames) {
    try {
      good.push(read(frame));
    } catch (error) {
      if (!(error instanceof TreelineError) || error.code !== 'bad_request') throw error;
      return { good, malformed: error };
    }
  }
  return { good, malformed: undefined };
}
