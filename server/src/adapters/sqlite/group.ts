/**
 * Group commit: everything that was asked while the last group was being written is one transaction and one flush to
 * the disk. Nobody is answered before the transaction is durable.
 */
import { type Calls, isRead, type Reply, type Request } from './calls.ts';
import type { Sql } from './sql.ts';

/**
 * The answers, in the order of the requests. When the transaction fails, nothing of it was written; each request is then
 * tried on its own, so that one that cannot be written takes no other with it.
 */
export function runGroup(sql: Sql, calls: Calls, group: readonly Request[]): Reply[] {
  const alone = group.findIndex(({ name }) => name === 'backUp');
  if (alone !== -1 && group.length > 1) {
    const parts = [group.slice(0, alone), group.slice(alone, alone + 1), group.slice(alone + 1)];
    return parts.flatMap((part) => runGroup(sql, calls, part));
  }
  const work = (): Reply[] => group.map(({ seq, name, args }) => ({ seq, value: call(calls, name, args) }));
  try {
    return alone !== -1 || group.every(({ name }) => isRead(name)) ? work() : sql.transaction(work);
  } catch (error) {
    if (group.length > 1) return group.flatMap((request) => runGroup(sql, calls, [request]));
    const problem = error instanceof Error ? error.message : String(error);
    return group.map(({ seq }) => ({ seq, problem }));
  }
}

function call(calls: Calls, name: Request['name'], args: readonly unknown[]): unknown {
  if (name === 'close') return undefined;
  const method = calls[name] as (...args: readonly unknown[]) => unknown;
  return method(...args);
}
