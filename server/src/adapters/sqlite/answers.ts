/** Every call of the store as reads and writes of its tables. Whoever calls it holds the transaction. */
import { backUp } from './backup.ts';
import type { Calls } from './calls.ts';
import { Fences } from './fences.ts';
import { Inboxes } from './inboxes.ts';
import { Logs } from './logs.ts';
import { Owners } from './owners.ts';
import { Records } from './records.ts';
import { rewriteFormat } from './schema.ts';
import type { Sql } from './sql.ts';
import { Timers } from './timers.ts';
import { commitUnit } from './units.ts';

export function answersFrom(sql: Sql): Calls {
  const owners = new Owners(sql);
  const records = new Records(sql);
  const inboxes = new Inboxes(sql, owners);
  const logs = new Logs(sql, owners);
  const timers = new Timers(sql);
  const fences = new Fences(sql);
  const tables = { owners, records, inboxes, logs, timers, fences };
  return {
    get: (ns, ref) => records.get(ns, ref),
    list: (query) => records.list(query),
    count: (ns, kind, entry) => records.count(ns, kind, entry),
    head: (of) => logs.head(of),
    readLog: (of, query) => logs.read(of, query),
    readLogTail: (of, limit) => logs.tail(of, limit),
    trimmedTo: (of) => logs.trimmedTo(of),
    readInbox: (of, after, limit) => inboxes.read(of, after, limit),
    nextDue: () => timers.next(),

    commit: (unit) => commitUnit(tables, unit),
    append: (ns, frames, fence) =>
      fences.allows(ns, fence) ? logs.appendAll(ns, frames) : frames.map(() => ({ status: 'fenced' })),
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
}
