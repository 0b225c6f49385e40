/** Frames opened: records with the place they have. */
import type { Fact, FactKind, FactRecord, Frame, InboxEntry, InboxKind, InboxOf, LogRecord } from '@treeline/shared';
import type { Evidence } from '../history.ts';

export function recordsOf(frames: readonly Frame[]): LogRecord[] {
  return frames.flatMap(({ body }) => JSON.parse(body) as LogRecord[]);
}

/** Facts of one kind in a log. */
export function factsOf<K extends FactKind>(frames: readonly Frame[], kind: K): Fact<K>[] {
  const facts = frames.filter((frame) => frame.kind === 'fact').flatMap(({ body }) => JSON.parse(body) as FactRecord[]);
  return facts.filter((fact): fact is Fact<K> => fact.kind === kind);
}

/** Items of one kind in an inbox. */
export function itemsOf<K extends InboxKind>(entries: readonly InboxEntry[], kind: K): InboxOf<K>[] {
  return entries.map(({ item }) => item).filter((item): item is InboxOf<K> => item.kind === kind);
}

/** The inbox of a session as its runner has it; empty when no runner ever had the session. */
export function inboxOf({ spools, copies }: Evidence, session: string): readonly InboxEntry[] {
  return [...spools, ...copies].find((spool) => spool.session === session)?.entries ?? [];
}

export function count<T>(all: readonly T[], is: (one: T) => boolean): number {
  return all.reduce((sum, one) => sum + (is(one) ? 1 : 0), 0);
}

export function groupBy<T, K>(all: readonly T[], keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}

/** The store lost writes, so that an inbox may have twice what its agent gets once. */
export function mayRepeat({ losses = [] }: Evidence): boolean {
  return losses.length > 0;
}
