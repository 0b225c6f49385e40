/** A unit: all its conditions first, then all its writes. Whoever calls it holds the transaction. */
import type { CommitResult } from '../../ports/store.ts';
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

export function commitUnit(tables: Tables, unit: UnitRows): CommitResult {
  return refusal(tables, unit) ?? write(tables, unit);
}

/** The first condition of the unit that does not hold. */
function refusal(tables: Tables, unit: UnitRows): CommitResult | undefined {
  const { ns, fences = [], expect = [], put, remove = [], frames = [] } = unit;
  if (!fences.every((fence) => tables.fences.allows(ns, fence))) return { status: 'fenced' };
  const written = [...put, ...remove].map(({ kind, id, expect: version }) => ({ kind, id, version }));
  const changed = [...expect, ...written].find((ref) => tables.records.version(ns, ref) !== ref.version);
  if (changed !== undefined) return { status: 'conflict', on: nameOf(changed) };
  const rejected = tables.logs.refusal(ns, frames);
  return rejected && { status: 'rejected', ...rejected };
}

function write({ records, owners, inboxes, logs, timers }: Tables, unit: UnitRows): CommitResult {
  const { ns } = unit;
  for (const put of unit.put) records.put(ns, put);
  for (const ref of unit.remove ?? []) records.remove(ns, ref);
  for (const timer of unit.clearTimers ?? []) timers.clear(ns, timer);
  for (const timer of unit.setTimers ?? []) timers.set(ns, timer);
  for (const { session, to } of unit.raiseInbox ?? []) inboxes.raise({ ns, session }, to);
  const positions = unit.inbox.map(({ session, json }) => inboxes.add({ ns, session }, json));
  for (const frame of unit.frames ?? []) logs.append(ns, frame);
  for (const session of unit.dropSessions ?? []) {
    owners.drop({ ns, session });
    logs.forget({ ns, session });
  }
  return { status: 'committed', positions };
}
