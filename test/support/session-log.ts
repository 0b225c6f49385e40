/** Reading the log of a session whole, and holding it to be whole. */
import type { Frame, LogRecord, SessionId } from '@treeline/shared';
import type { ApiClient } from './api.ts';

/** Every frame of a session's log, in order. */
export async function readFrames(api: ApiClient, session: SessionId): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (let after = '0-0'; ;) {
    const page = await api.readLog({ params: { id: session }, query: { after, limit: 500 } });
    if (page.frames.length === 0) return frames;
    frames.push(...page.frames);
    after = page.next;
  }
}

export async function readRecords(api: ApiClient, session: SessionId): Promise<LogRecord[]> {
  return (await readFrames(api, session)).flatMap(recordsOf);
}

export function recordsOf(frame: Frame): LogRecord[] {
  return JSON.parse(frame.body) as LogRecord[];
}

/** What is wrong with a log: holes, overlaps, doubled records. Empty: it is whole. */
export function faultsOf(frames: readonly Frame[]): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  let epoch = 1;
  let next = 1;
  for (const frame of frames) {
    const records = recordsOf(frame);
    const place = `${frame.epoch}-${frame.first}`;
    if (frame.epoch !== epoch) next = 1;
    if (frame.epoch < epoch) faults.push(`${place}: an older epoch than ${epoch}`);
    if (frame.first !== next) faults.push(`${place}: ${epoch}-${next} was to come`);
    if (records.length !== frame.count) faults.push(`${place}: ${records.length} records, not ${frame.count}`);
    for (const { id } of records) {
      if (seen.has(id)) faults.push(`${place}: ${id} is there twice`);
      seen.add(id);
    }
    epoch = frame.epoch;
    next = frame.first + frame.count;
  }
  return faults;
}

/** What the agent said and was told, and what its tools returned, as one text: for substring checks. */
export function textOf(records: readonly LogRecord[]): string {
  return records.map((record) => JSON.stringify(record)).join('\n');
}
