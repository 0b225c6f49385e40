/** Messages that wait to be sent. Pure. */
import type { DeliverAs, SessionId } from '@treeline/shared';

export interface Outgoing {
  /** Sent again under the same key it counts once. */
  readonly key: string;
  readonly sessionId: SessionId;
  readonly text: string;
  readonly deliverAs: DeliverAs;
  readonly at: number;
  /** Why the relay refused it. It waits for a person’s word then. */
  readonly refused?: { readonly what: string; readonly hint: string } | undefined;
}

/** The next that may go: the first of each session, so that their order stays, unless a person has to decide about it. */
export function nextToSend(waiting: readonly Outgoing[]): Outgoing | undefined {
  const seen = new Set<string>();
  for (const message of waiting) {
    if (!seen.has(message.sessionId) && message.refused === undefined) return message;
    seen.add(message.sessionId);
  }
  return undefined;
}

export function without(waiting: readonly Outgoing[], key: string): Outgoing[] {
  return waiting.filter((message) => message.key !== key);
}

export function withRefusal(waiting: readonly Outgoing[], key: string, refused: Outgoing['refused']): Outgoing[] {
  return waiting.map((message) => (message.key === key ? { ...message, refused } : message));
}
