/**
 * How the record of who did what lies in a store: each line is a record of kind `audit`, put by the unit whose effect it
 * tells of. Both adapters let a unit go through here, so that a line is written once and never again.
 */
import type { AuditLine } from '@treeline/shared';
import type { Put, Unit } from './store.ts';

/** A line with the namespace whose people may read it; a credential's own is not that of its record. */
export interface OwnedLine {
  readonly ns: string;
  readonly line: AuditLine;
}

/** Index values are prefixed by the namespace that may read. */
export type AuditIndex = 'all' | 'who' | 'action' | 'session' | 'outcome';

export function auditKey(ns: string, value = ''): string {
  return `${ns}:${value}`;
}

/** The unit with its lines as puts. Throws when a unit would put a line itself. */
export function withAudit({ audit = [], ...unit }: Unit): Unit {
  if (unit.put?.some(({ kind }) => kind === 'audit') === true)
    throw new Error('lines of the audit are added by Unit.audit alone');
  if (audit.length === 0) return unit;
  return { ...unit, put: [...(unit.put ?? []), ...audit.map(putOf)] };
}

function putOf({ ns, line }: OwnedLine): Put {
  const key = (value: string) => auditKey(ns, value);
  const { kind, name, id } = line.who;
  return {
    kind: 'audit',
    id: line.id,
    expect: 0,
    value: { ns, line } satisfies OwnedLine,
    indexes: {
      all: key(''),
      // What a session does is among what concerns it.
      who: kind === 'session' ? [] : [name, id].filter((value) => value !== undefined).map(key),
      action: key(line.action),
      // The rule is no news: only refusals are looked for.
      outcome: line.outcome === 'refused' ? key(line.outcome) : [],
      session: (line.sessions ?? []).map(key),
    } satisfies Record<AuditIndex, string | string[]>,
  };
}
