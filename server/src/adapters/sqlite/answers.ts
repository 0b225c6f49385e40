/** Every call of the store as reads and writes of its tables. Whoever calls it holds the transaction. */
import { backUp } from './backup.ts';
import type { AppendResult, CommitResult } from '../../ports/store.ts';
import type { Calls } from './calls.ts';
import { Fences } from './fences.ts';
import { Inboxes } from './inboxes.ts';
import { Logs } from './logs.ts';
import { Owners } from './owners.ts';
import { Records } from './records.ts';
import { rewriteFormat } from './schema.ts';
import type { Sql } from './sql.ts';
import { Timers } from './timers.ts';
import { decideAppend, type Decided, decideUnit } from './units.ts';

/** The calls that a relay makes all the time can be told their outcome before it is in the tables. */
export interface Decisions {
  readonly commit: (...args: Parameters<Calls['commit']>) => Decided<CommitResult>;
  readonly append: (...args: Parameters<Calls['append']>) => Decided<AppendResult[]>;
}

export interface Answers {
  readonly decisions: Decisions;
  /** All others. */
  readonly calls: Omit<Calls, keyof Decisions>;
}

export function answersFrom(sql: Sql): Answers {
  const owners = new Owners(sql);
  const records = new Records(sql);
  const inboxes = new Inboxes(sql, owners);
  const logs = new Logs(sql, owners);
  const timers = new Timers(sql);
  const fences = new Fences(sql);
  const tables = { owners, records, inboxes, logs, timers, fences };
  const decisions: Decisions = {
    commit: (unit) => decideUnit(tables, unit),
    append: (ns, frames, fence) => decideAppend(tables, { ns, frames, fence }),
  };
  const calls: Answers['calls'] = {
    get: (ns, ref) => records.get(ns, ref),
    list: (query) => records.list(query),
    count: (ns, kind, entry) => records.count(ns, kind, entry),
    head: (of) => logs.head(of),
    readLog: (of, query) => logs.read(of, query),
    readLogTail: (of, limit) => logs.tail(of, limit),
    trimmedTo: (of) => logs.trimmedTo(of),
    readInbox: (of, after, limit) => inboxes.read(of, after, limit),
    nextDue: () => timers.next(),

    raiseFence: (ns, name) => fences.raise(ns, name),
    trimInbox: (of, upTo) => {
      inboxes.trim(of, upTo);
    },
    trimLog: (of, upTo) => {
      logs.trim(of, upTo);
    },
    claimDue: (now, limit, holdForMs) => timers.claimDue(now, limit, holdForMs),
    backUp: (file) => {
      backUp(sql, file);
    },
    probe: () => {
      rewriteFormat(sql);
    },
  };
  return { decisions, calls };
}
