/** Units and appends: all conditions first, then all writes, which may wait until the unit is safe elsewhere. */
import type { Frame, SessionId } from '@treeline/shared';
import type { AppendResult, CommitResult, FenceGuard } from '../../ports/store.ts';
import type { UnitRows } from './calls.ts';
import type { Fences } from './fences.ts';
import type { Inboxes } from './inboxes.ts';
import type { Logs } from './logs.ts';
import type { Owners } from './owners.ts';
import { nameOf, type Records } from './records.ts';
import type { Timers } from './timers.ts';

export interface Tables {
  readonly records: Records;
  readonly owners: Owners;
  readonly inboxes: Inboxes;
  readonly logs: Logs;
  readonly timers: Timers;
  readonly fences: Fences;
}

/** What a call comes to, before anything of it is written. */
export interface Decided<T> {
  readonly value: T;
  /** Absent: there is nothing to write. Nothing else may be decided before it was called. */
  readonly write?: () => void;
}

/** Throws when it holds what no table takes, so that `write` fails only by the file. */
export function decideUnit(tables: Tables, unit: UnitRows): Decided<CommitResult> {
  mustBeWritable(unit);
  const refused = refusal(tables, unit);
  if (refused !== undefined) return { value: refused };
  const raised = new Map<SessionId, number>();
  for (const { session, to } of unit.raiseInbox ?? []) raised.set(session, Math.max(to, raised.get(session) ?? 0));
  const sessions = unit.inbox.map(({ session }) => session);
  const positions = tables.inboxes.next(unit.ns, sessions, raised);
  return { value: { status: 'committed', positions }, write: () => writeUnit(tables, unit, positions) };
}

export function decideAppend(
  { fences, logs }: Tables,
  { ns, frames, fence }: { ns: string; frames: readonly Frame[]; fence: FenceGuard | undefined },
): Decided<AppendResult[]> {
  if (!fences.allows(ns, fence)) return { value: frames.map(() => ({ status: 'fenced' })) };
  const value = logs.judge(ns, frames);
  const fitting = frames.filter((_, i) => value[i]?.status === 'appended');
  if (fitting.length === 0) return { value };
  return { value, write: () => fitting.forEach((frame) => logs.append(ns, frame)) };
}

function mustBeWritable({ put, setTimers = [], raiseInbox = [] }: UnitRows): void {
  const numbers = [...setTimers.map(({ at }) => at), ...raiseInbox.map(({ to }) => to)];
  // A value that JSON does not know has no text.
  const texts: readonly unknown[] = put.map(({ json }) => json);
  if (numbers.every(Number.isSafeInteger) && texts.every((text) => typeof text === 'string')) return;
  throw new Error('a time or a value of the unit cannot be stored');
}

/** The first condition of the unit that does not hold. */
function refusal(tables: Tables, unit: UnitRows): CommitResult | undefined {
  const { ns, fences = [], expect = [], put, remove = [], frames = [] } = unit;
  if (!fences.every((fence) => tables.fences.allows(ns, fence))) return { status: 'fenced' };
  const written = [...put, ...remove].map(({ kind, id, expect: version }) => ({ kind, id, version }));
  const changed = [...expect, ...written].find((ref) => tables.records.version(ns, ref) !== ref.version);
  if (changed !== undefined) return { status: 'conflict', on: nameOf(changed) };
  const results = tables.logs.judge(ns, frames);
  for (const [i, { session }] of frames.entries()) {
    const append = results[i];
    // Those before it are not written either, so the log ends where it did.
    if (append !== undefined && append.status !== 'appended' && append.status !== 'fenced')
      return {
        status: 'rejected',
        session,
        append: { status: append.status, head: tables.logs.head({ ns, session }) },
      };
  }
  return undefined;
}

function writeUnit(
  { records, owners, inboxes, logs, timers }: Tables,
  unit: UnitRows,
  positions: readonly number[],
): void {
  const { ns } = unit;
  for (const put of unit.put) records.put(ns, put);
  for (const ref of unit.remove ?? []) records.remove(ns, ref);
  for (const timer of unit.clearTimers ?? []) timers.clear(ns, timer);
  for (const timer of unit.setTimers ?? []) timers.set(ns, timer);
  for (const { session, to } of unit.raiseInbox ?? []) inboxes.raise({ ns, session }, to);
  for (const [i, { session, json }] of unit.inbox.entries())
    inboxes.add({ ns, session }, { position: positions[i] ?? 0, json });
  for (const frame of unit.frames ?? []) logs.append(ns, frame);
  for (const session of unit.dropSessions ?? []) {
    owners.drop({ ns, session });
    inboxes.forget({ ns, session });
    logs.forget({ ns, session });
  }
}
