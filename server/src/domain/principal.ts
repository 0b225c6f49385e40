/** Who is calling, as a credential proved it. The namespace comes from the credential, never from the caller's words. */
import {
  ROLE_SCOPES,
  type Actor,
  type KeyId,
  type PersonId,
  type Role,
  type RunnerId,
  type Scope,
  type SessionId,
} from '@treeline/shared';
import type { Call } from './audit.ts';

interface Named {
  readonly ns: string;
  readonly name: string;
  /** What it is doing right now, for the audit; whatever is committed in its name is told with it. */
  readonly call?: Call;
}

export type Principal =
  /** A signed-in browser. */
  | (Named & { readonly kind: 'person'; readonly id: PersonId; readonly role: Role; readonly keyId: KeyId })
  /** A user key or a hook key: the CLI, a script, a program elsewhere. */
  | (Named & {
      readonly kind: 'key';
      readonly keyId: KeyId;
      readonly scopes: readonly Scope[];
      /** Whose key it is; absent: of the relay’s own machine. */
      readonly personId?: PersonId;
    })
  | (Named & { readonly kind: 'runner'; readonly keyId: KeyId; readonly runnerId: RunnerId })
  /** A session, as its runner's link says it. */
  | (Named & { readonly kind: 'session'; readonly runnerId: RunnerId; readonly sessionId: SessionId })
  /** A share link: it shows one session, with `tree` also everything below it, and lets nothing be done. */
  | (Named & { readonly kind: 'share'; readonly keyId: KeyId; readonly sessionId: SessionId; readonly tree: boolean })
  | (Named & { readonly kind: 'join'; readonly keyId: KeyId });

export type PrincipalKind = Principal['kind'] | 'anonymous';

/** How a principal is named in records that people read. */
export function actorOf(principal: Principal): Actor {
  if (principal.kind === 'session') return { kind: 'session', id: principal.sessionId };
  return { kind: 'person', name: principal.name };
}

/** What a principal may be asked for by scope. Runners, sessions and join tokens have none: their rows name them. */
export function scopesOf(principal: Principal): readonly Scope[] {
  switch (principal.kind) {
    case 'person':
      return ROLE_SCOPES[principal.role];
    case 'key':
      return principal.scopes;
    case 'share':
      return ['read'];
    case 'runner':
    case 'session':
    case 'join':
      return [];
  }
}
