/** Every call of the store as reads and writes of its tables. Whoever calls it holds the transaction. */
import type { Frame } from '@treeline/shared';
import type { AppendResult, CommitResult, FenceGuard } from '../../ports/store.ts';
import type { Calls, UnitRows } from './calls.ts';
import { Fences } from './fences.ts';
import { Inboxes } from './inboxes.ts';
import { Logs } from './logs.ts';
import { Owners } from './owners.ts';
import { nameOf, Records } from './records.ts';
import { rewriteFormat } from './schema.ts';
import type { Sql } from './sql.ts';
import { Timers } from './timers.ts';

export class Tables {
  readonly #records: Records;
  readonly #owners: Owners;
  readonly #inboxes: Inboxes;
  readonly #logs: Logs;
  readonly #timers: Timers;
  readonly #fences: Fences;

  /** Each call under its name. */
  readonly calls: Calls;

  constructor(sql: Sql) {
    const records = (this.#records = new Records(sql));
    this.#owners = new Owners(sql);
    const inboxes = (this.#inboxes = new Inboxes(sql, this.#owners));
    const logs = (this.#logs = new Logs(sql, this.#owners));
    const timers = (this.#timers = new Timers(sql));
    const fences = (this.#fences = new Fences(sql));
    this.calls = {
      get: (ns, ref) => records.get(ns, ref),
      list: (query) => records.list(query),
      count: (ns, kind, entry) => records.count(ns, kind, entry),
      head: (of) => logs.head(of),
      readLog: (of, query) => logs.read(of, query),
      readLogTail: (of, limit) => logs.tail(of, limit),
      readInbox: (of, after, limit) => inboxes.read(of, after, limit),
      nextDue: () => timers.next(),
      commit: (unit) => this.#refusal(unit) ?? this.#write(unit),
      append: (ns, frames, fence) => this.#append(ns, frames, fence),
      raiseFence: (ns, name) => fences.raise(ns, name),
      trimInbox: (of, upTo) => {
        inboxes.trim(of, upTo);
      },
      probe: () => {
        rewriteFormat(sql);
      },
      claimDue: (now, limit, holdForMs) => timers.claimDue(now, limit, holdForMs),
    };
  }

  #append(ns: string, frames: readonly Frame[], fence: FenceGuard | undefined): AppendResult[] {
    if (!this.#fences.allows(ns, fence)) return frames.map(() => ({ status: 'fenced' }));
    return frames.map((frame) => this.#logs.append(ns, frame));
  }

  /** The first condition of the unit that does not hold. */
  #refusal({ ns, fence, expect = [], put, remove = [], frames = [] }: UnitRows): CommitResult | undefined {
    if (!this.#fences.allows(ns, fence)) return { status: 'fenced' };
    const expected = [
      ...expect,
      ...[...put, ...remove].map(({ kind, id, expect: version }) => ({ kind, id, version })),
    ];
    const changed = expected.find((ref) => this.#records.version(ns, ref) !== ref.version);
    if (changed !== undefined) return { status: 'conflict', on: nameOf(changed) };
    const rejected = this.#logs.refusal(ns, frames);
    return rejected && { status: 'rejected', ...rejected };
  }

  #write(unit: UnitRows): CommitResult {
    const { ns } = unit;
    for (const put of unit.put) this.#records.put(ns, put);
    for (const ref of unit.remove ?? []) this.#records.remove(ns, ref);
    for (const timer of unit.clearTimers ?? []) this.#timers.clear(ns, timer);
    for (const timer of unit.setTimers ?? []) this.#timers.set(ns, timer);
    const positions = unit.inbox.map(({ session, json }) => this.#inboxes.add({ ns, session }, json));
    for (const frame of unit.frames ?? []) this.#logs.append(ns, frame);
    for (const session of unit.dropSessions ?? []) this.#owners.drop({ ns, session });
    return { status: 'committed', positions };
  }
}
