/** Lets a commit tell of the call that makes it. */
import { newId, type AuditWho, type SessionId } from '@treeline/shared';
import { idsIn, lineOf, type Call } from '../../domain/audit.ts';
import type { OwnedLine } from '../../ports/audit-records.ts';
import type { CommitResult, Put, Store, Unit } from '../../ports/store.ts';

/** The line of the call whose effect these puts are; once for a call, whose first commit is its effect. */
export function attest(call: Call | undefined, puts: readonly Put[], { now, who }: Telling): OwnedLine[] {
  if (call === undefined || call.told) return [];
  return [{ ns: call.ns, line: lineOf(call, { id: newId('audit', now), now, who, ...effectOf(puts) }) }];
}

export interface Telling {
  readonly now: number;
  /** Who the caller turned out to be; absent: as the call has it. */
  readonly who?: AuditWho | undefined;
}

/** Commits what a call leads to with the line that tells of it. */
export async function commitTold(
  store: Store,
  unit: Unit,
  { call, ...telling }: Telling & { readonly call: Call | undefined },
): Promise<CommitResult> {
  const result = await store.commit({ ...unit, audit: attest(call, unit.put ?? [], telling) });
  if (result.status === 'committed' && call !== undefined) call.told = true;
  return result;
}

/** What they make, and the sessions of the triggers among them. */
function effectOf(puts: readonly Put[]): { made: string | undefined; sessions: SessionId[] } {
  const [made] = idsIn(puts.filter(({ kind, expect }) => expect === 0 && kind !== 'request').map(({ id }) => id));
  const sessions = puts.flatMap(({ kind, value }) =>
    kind === 'trigger' ? [(value as { sessionId: SessionId }).sessionId] : [],
  );
  return { made, sessions };
}
