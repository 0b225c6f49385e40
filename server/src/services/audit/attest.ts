/** Lets a commit tell of the call that makes it. */
import { newId, type SessionId } from '@treeline/shared';
import { lineOf, type Call } from '../../domain/audit.ts';
import type { OwnedLine } from '../../ports/audit-records.ts';
import type { Put } from '../../ports/store.ts';

/** The line of the call whose effect these puts are; once for a call, whose first commit is its effect. */
export function attest(call: Call | undefined, puts: readonly Put[], now: number): OwnedLine[] {
  if (call === undefined || call.told) return [];
  return [{ ns: call.ns, line: lineOf(call, { id: newId('audit', now), now, ...effectOf(puts) }) }];
}

/** What they make, and the sessions of the triggers among them. */
function effectOf(puts: readonly Put[]): { made: string | undefined; sessions: SessionId[] } {
  const made = puts.find(({ kind, expect }) => expect === 0 && kind !== 'request')?.id;
  const sessions = puts.flatMap(({ kind, value }) =>
    kind === 'trigger' ? [(value as { sessionId: SessionId }).sessionId] : [],
  );
  return { made, sessions };
}
