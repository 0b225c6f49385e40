/** Who is calling, as a credential proved it. The namespace comes from the credential, never from the caller's words. */
import type { Actor, KeyId, RunnerId, SessionId } from '@treeline/shared';

export type Principal =
  /** A signed-in browser. */
  | { readonly kind: 'person'; readonly ns: string; readonly name: string; readonly keyId?: KeyId }
  /** A user key: the CLI, a script. */
  | { readonly kind: 'key'; readonly ns: string; readonly name: string; readonly keyId: KeyId }
  | {
      readonly kind: 'runner';
      readonly ns: string;
      readonly name: string;
      readonly keyId: KeyId;
      readonly runnerId: RunnerId;
    }
  /** A session, as its runner's link says it. */
  | {
      readonly kind: 'session';
      readonly ns: string;
      readonly name: string;
      readonly runnerId: RunnerId;
      readonly sessionId: SessionId;
    }
  | { readonly kind: 'join'; readonly ns: string; readonly name: string; readonly keyId: KeyId };

export type PrincipalKind = Principal['kind'] | 'anonymous';

/** How a principal is named in records that people read. */
export function actorOf(principal: Principal): Actor {
  if (principal.kind === 'session') return { kind: 'session', id: principal.sessionId };
  return { kind: 'person', name: principal.name };
}
