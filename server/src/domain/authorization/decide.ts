/** Judges by the table. The only place that says no for want of rights; everything else asks here. */
import { NONE_SENT, TreelineError, type ErrorCode } from '@treeline/shared';
import { scopesOf, type Principal, type PrincipalKind } from '../principal.ts';
import type { Relation, Row } from './row.ts';

/** The principals of a row, as types: a handler gets no others. */
export type Allowed<R extends Row> =
  | Extract<Principal, { kind: R['to'][number] }>
  | ('anonymous' extends R['to'][number] ? undefined : never);

export type Verdict = 'allowed' | Extract<ErrorCode, 'unauthenticated' | 'forbidden'>;

/** Before anything is looked up, so that a refusal says nothing of what exists. Undefined is anonymous. */
export function verdict(row: Row, principal: Principal | undefined): Verdict {
  const kind: PrincipalKind = principal?.kind ?? 'anonymous';
  if (!row.to.includes(kind)) return principal === undefined ? 'unauthenticated' : 'forbidden';
  if (principal === undefined || row.scope === undefined || row.to.includes('anonymous')) return 'allowed';
  return scopesOf(principal).includes(row.scope) ? 'allowed' : 'forbidden';
}

/** Throws unauthenticated for nobody, forbidden for somebody else than the row names. */
export function authorize<const R extends Row>(
  row: R,
  principal: Principal | undefined,
  action: string,
): asserts principal is Allowed<R> {
  switch (verdict(row, principal)) {
    case 'allowed':
      return;
    case 'unauthenticated':
      throw new TreelineError('unauthenticated', `${action} needs a credential ${NONE_SENT}`);
    case 'forbidden':
      throw new TreelineError('forbidden', `${action} is not for ${describe(row, principal)}`);
  }
}

/**
 * Throws the row's refusal unless what is acted on is to the principal what the row asks for. `otherwise` says the same
 * for what is another's and for what does not exist.
 */
export function authorizeRelation(row: Row, relation: Relation | 'stranger', otherwise: string): void {
  if (row.relation !== relation) throw new TreelineError(row.refusal ?? 'not_found', otherwise);
}

function describe(row: Row, principal: Principal | undefined): string {
  if (principal === undefined) return 'anybody';
  if (!row.to.includes(principal.kind)) return WORDS[principal.kind];
  return principal.kind === 'person'
    ? `people with the role ${principal.role}`
    : `a key without the scope ${row.scope}`;
}

const WORDS: Readonly<Record<Principal['kind'], string>> = {
  person: 'a signed-in person',
  key: 'a user key',
  runner: 'a runner key',
  session: 'a session',
  share: 'a share link',
  join: 'a join token',
};
