/** Between what the port speaks and what the store thread keeps. */
import type { Put, Stored, Unit } from '../../ports/store.ts';
import type { IndexEntry, RecordRow, UnitRows } from './calls.ts';

export function toStored<T>({ id, version, json }: RecordRow): Stored<T> {
  return { id, version, value: JSON.parse(json) as T };
}

export function toRows({ put = [], inbox = [], ...rest }: Unit): UnitRows {
  return {
    ...rest,
    put: put.map(({ kind, id, expect, value, indexes }) => ({
      kind,
      id,
      expect,
      json: JSON.stringify(value),
      entries: entriesOf(indexes),
    })),
    inbox: inbox.map(({ session, item }) => ({ session, json: JSON.stringify(item) })),
  };
}

function entriesOf(indexes: Put['indexes'] = {}): IndexEntry[] {
  return Object.entries(indexes).flatMap(([name, values]) =>
    [...new Set(typeof values === 'string' ? [values] : values)].map((value): IndexEntry => [name, value]),
  );
}
