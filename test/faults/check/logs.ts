/** LOG rules: the store's log of a session has no holes and holds what the runner wrote, each record once, in its order. */
import type { Frame } from '@treeline/shared';
import type { Report } from '../checker.ts';
import type { Evidence } from '../history.ts';
import { groupBy, recordsOf } from './records.ts';

/** Returns how many records the store holds. */
export function checkLogs({ spools, copies, sessions, written: after = spools }: Evidence, report: Report): number {
  const written = new Map(spools.map((spool) => [spool.session as string, spool.frames]));
  const later = new Map(after.map((spool) => [spool.session as string, spool.frames]));
  const copied = groupBy(copies, ({ session }) => session as string);
  let events = 0;
  for (const { view, frames } of sessions) {
    checkPlaces(view.id, frames, report);
    const spool = written.get(view.id) ?? [];
    const others = (copied.get(view.id) ?? []).flatMap((copy) => copy.frames);
    const isAlone = others.length === 0;
    if (isAlone) checkCounted(view.id, frames, report);
    checkWritten({ session: view.id, stored: frames, spools: [...others, ...(later.get(view.id) ?? [])] }, report);
    checkAgainstSpool({ session: view.id, stored: frames, spool, others }, report);
    events += recordsOf(frames).length;
    written.delete(view.id);
  }
  for (const [session, frames] of written) {
    if (frames.length > 0)
      report('lost', `${session}: the relay has no such session, its runner has ${frames.length} frames`);
  }
  return events;
}

function checkPlaces(session: string, frames: readonly Frame[], report: Report): void {
  let epoch = 1;
  let next = 1;
  for (const frame of frames) {
    const place = `${session} ${frame.epoch}-${frame.first}`;
    if (frame.epoch > epoch) next = 1;
    if (frame.epoch < epoch) report('reordered', `${place}: after epoch ${epoch}`);
    else if (frame.first > next) report('lost', `${place}: ${next} was to come`);
    else if (frame.first < next) report('duplicated', `${place}: ${next} was to come`);
    const { length } = recordsOf([frame]);
    if (length !== frame.count) report('wrong', `${place}: ${length} records, not ${frame.count}`);
    epoch = frame.epoch;
    next = frame.first + frame.count;
  }
}

/** What the load emits is numbered: a number follows the one before, and begins anew with each step and each attempt. */
function checkCounted(session: string, frames: readonly Frame[], report: Report): void {
  let last: number | undefined;
  for (const record of recordsOf(frames)) {
    if (record.kind === 'state' && record.state === 'starting') last = undefined;
    const number = record.kind === 'update' ? numberOf(record.update) : undefined;
    if (number === undefined) continue;
    const isNext = number === 0 || number === (last ?? -1) + 1;
    if (!isNext) report(number > (last ?? -1) ? 'lost' : 'reordered', `${session}: event ${number} after ${last}`);
    last = number;
  }
}

function numberOf({ sessionUpdate, content }: Record<string, unknown>): number | undefined {
  if (sessionUpdate !== 'agent_message_chunk') return undefined;
  const { text } = content as { text?: string };
  const number = /^(\d+) x*$/.exec(text ?? '')?.[1];
  return number === undefined ? undefined : Number(number);
}

function checkWritten(
  { session, stored, spools }: { session: string; stored: readonly Frame[]; spools: readonly Frame[] },
  report: Report,
): void {
  const bodies = new Map(spools.map((frame) => [frame.id as string, frame]));
  for (const frame of stored) {
    const own = bodies.get(frame.id);
    if (own === undefined) report('wrong', `${session} ${frame.epoch}-${frame.first}: no runner wrote ${frame.id}`);
    else if (own.body !== frame.body || own.epoch !== frame.epoch || own.first !== frame.first)
      report('wrong', `${session} ${frame.epoch}-${frame.first}: not as ${frame.id} was written`);
  }
}

function checkAgainstSpool(
  parts: { session: string; stored: readonly Frame[]; spool: readonly Frame[]; others: readonly Frame[] },
  report: Report,
): void {
  const { session, stored, spool, others } = parts;
  const order = new Map<string, number>();
  for (const { id } of recordsOf(spool)) if (!order.has(id)) order.set(id, order.size);
  const seen = new Set<string>();
  let last = -1;
  for (const { id } of recordsOf(stored)) {
    if (seen.has(id)) {
      // A copy of the folder and the folder each say again what neither was acknowledged: nothing is swallowed.
      if (others.length === 0) report('duplicated', `${session}: record ${id}`);
      continue;
    }
    seen.add(id);
    const place = order.get(id);
    if (place !== undefined && place < last) report('reordered', `${session}: record ${id}`);
    last = Math.max(last, place ?? last);
  }
  const missing = [...order.keys()].filter((id) => !seen.has(id));
  if (missing.length > 0)
    report(
      'lost',
      `${session}: ${missing.length} of ${order.size} records, from ${missing[0]} on, are not in the store`,
    );
}
