/** How a connection to the relay ended, and what that means for the next attempt. */
import { TreelineError, type ErrorCode, type Payload, type RelayToRunner } from '@treeline/shared';
import { NoAnswer, RefusedByRelay } from './relay-socket.ts';

export type LinkEnding =
  /**
   * Try again soon. `stable`: the link was good until now, so begin with the shortest wait. `unanswered`: nobody answered
   * in the time that there was.
   */
  | { readonly kind: 'lost'; readonly problem: string; readonly stable: boolean; readonly unanswered?: boolean }
  /** Only a change at this runner or the relay will help: try again after a long wait. */
  | { readonly kind: 'refused'; readonly code: string; readonly problem: string }
  /** Another daemon has this runner's identity, and a newer generation: the relay lets this one in no more. */
  | { readonly kind: 'superseded'; readonly problem: string };

const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'unauthenticated',
  'forbidden',
  'protocol_version',
  'not_found',
  'bad_request',
]);

const JOIN_AGAIN =
  'If it was revoked, or ran out while this runner was away, or the relay lost its store, this machine has to join again with a new token: `treeline runner join`. ' +
  'Until then its sessions go on, and what they say is kept here.';

/** The end of an attempt that failed. */
export function endingOfFailure(error: unknown): LinkEnding {
  const problem = error instanceof Error ? error.message : String(error);
  const code =
    error instanceof RefusedByRelay ? error.problem.code : error instanceof TreelineError ? error.code : undefined;
  if (code === 'superseded') return { kind: 'superseded', problem };
  if (code !== undefined && REFUSALS.has(code))
    return { kind: 'refused', code, problem: code === 'unauthenticated' ? `${problem}. ${JOIN_AGAIN}` : problem };
  return { kind: 'lost', problem, stable: false, unanswered: error instanceof NoAnswer };
}

/** Whether the relay did not know the key, so that another may do better. */
export function isUnknownKey(ending: LinkEnding): boolean {
  return ending.kind === 'refused' && ending.code === 'unauthenticated';
}

/** The end of a link that the relay closed on purpose. */
export function endingOfGoodbye({ code, message }: Payload<(typeof RelayToRunner)['goodbye']>): LinkEnding {
  switch (code) {
    case 'superseded':
      return { kind: 'superseded', problem: message };
    case 'revoked':
      return { kind: 'refused', code, problem: message };
    case 'draining':
      return { kind: 'lost', problem: message, stable: true };
  }
}
