/** Lets a commit tell of the call that makes it. */
import { newId, type SessionId } from '@treeline/shared';
import { lineOf, type Call } from '../../domain/audit.ts';
import type { Unit } from '../../ports/store.ts';

/** The unit with the line of the call that makes it; once for a call, whose first commit is its effect. */
export function attest(call: Call | undefined, unit: Unit, now: number): Unit {
  if (call === undefined || call.told) return unit;
  const line = lineOf(call, { id: newId('audit', now), now, ...effectOf(unit) });
  return { ...unit, audit: [...(unit.audit ?? []), { ns: call.ns, line }] };
}

/** What a unit makes, and the sessions of the triggers in it. */
function effectOf(unit: Unit): { made: string | undefined; sessions: SessionId[] } {
  const puts = unit.put ?? [];
  const made = puts.find(({ kind, expect }) => expect === 0 && kind !== 'request')?.id;
  const sessions = puts.flatMap(({ kind, value }) =>
    kind === 'trigger' ? [(value as { sessionId: SessionId }).sessionId] : [],
  );
  return { made, sessions };
}
