/** The shape of a row of the authorization table. */
import type { ErrorCode, Scope } from '@treeline/shared';
import type { PrincipalKind } from '../principal.ts';

/**
 * What the thing that is acted on must be to the principal. none: the action is about nothing in particular. self: the
 * principal itself (its sign-in, its password, its link, its own session). namespace: anything of its namespace; a share
 * link reaches only what it shows. own: a session that is placed on this runner. child, addressee: in the tree, as a
 * session's own decisions see it.
 */
export type Relation = 'none' | 'self' | 'namespace' | 'own' | 'child' | 'addressee';

export interface Row {
  /** Kinds of principal that may. */
  readonly to: readonly PrincipalKind[];
  /** What a person's role or a key's grant must include. */
  readonly scope?: Scope;
  readonly relation: Relation;
  /** In which state the thing must be; absent: in any. */
  readonly state?: 'live' | 'ended' | 'open';
  /** The refusal when relation or state do not hold, the same whether the thing exists or not. Default: not_found. */
  readonly refusal?: ErrorCode;
}

export type Rows<Actions extends PropertyKey> = Readonly<Record<Actions, Row>>;
