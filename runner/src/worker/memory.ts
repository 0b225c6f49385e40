/**
 * What the session has open with others, folded from its own log and inbox: questions it asked, children it started,
 * triggers it was shown. The same fold runs live and over the files after a restart.
 */
import {
  isBlocking,
  type Ask,
  type FactRecord,
  type InboxItem,
  type RecordId,
  type SessionId,
  type TriggerId,
} from '@treeline/shared';

export interface OpenQuestion {
  readonly triggerId: TriggerId;
  readonly ask: Ask;
}

export class SessionMemory {
  readonly #questions = new Map<TriggerId, Ask>();
  readonly #asked = new Map<TriggerId, Ask>();
  readonly #children = new Map<SessionId, 'live' | 'over'>();
  readonly #toAnswer = new Set<TriggerId>();
  readonly #answered = new Set<TriggerId>();
  readonly #seen = new Set<string>();
  /** How to take back a decision that is refused later. */
  readonly #undo = new Map<RecordId, () => void>();

  /** A fact of this session is in its log. */
  fact(fact: FactRecord): void {
    switch (fact.kind) {
      case 'ask':
        this.#questions.set(fact.triggerId, fact.ask);
        this.#asked.set(fact.triggerId, fact.ask);
        this.#undo.set(fact.id, () => this.#questions.delete(fact.triggerId));
        break;
      case 'withdraw':
        this.#questions.delete(fact.triggerId);
        break;
      case 'answer':
      case 'escalate':
        this.#answered.add(fact.triggerId);
        this.#toAnswer.delete(fact.triggerId);
        break;
      case 'spawn':
        this.#children.set(fact.sessionId, 'live');
        this.#undo.set(fact.id, () => this.#children.delete(fact.sessionId));
        break;
      case 'tell': {
        // What is told something wakes up, so its end will be told again.
        const before = this.#children.get(fact.sessionId);
        if (before === undefined) break;
        this.#children.set(fact.sessionId, 'live');
        this.#undo.set(fact.id, () => this.#children.set(fact.sessionId, before));
        break;
      }
      case 'state':
      case 'consumed':
      case 'usage':
      case 'end':
        break;
    }
  }

  /** It, or the trigger that it tells of, has reached this session before: a store that lost writes may give it again. */
  hasSeen(item: InboxItem): boolean {
    return this.#seen.has(identityOf(item));
  }

  /** An inbox item reached this session. */
  item(item: InboxItem): void {
    this.#seen.add(identityOf(item));
    switch (item.kind) {
      case 'answer':
        this.#questions.delete(item.triggerId);
        break;
      case 'trigger':
        if (isBlocking(item.type)) {
          if (!this.#answered.has(item.triggerId)) this.#toAnswer.add(item.triggerId);
        } else if (this.#children.has(item.child)) this.#children.set(item.child, 'over');
        break;
      case 'trigger_closed':
        this.#toAnswer.delete(item.triggerId);
        break;
      case 'refusal':
        this.#undo.get(item.recordId)?.();
        this.#undo.delete(item.recordId);
        break;
      case 'prompt':
      case 'tell':
      case 'stop':
        break;
    }
  }

  /** Own questions that nobody has answered. */
  get openQuestions(): OpenQuestion[] {
    return [...this.#questions].map(([triggerId, ask]) => ({ triggerId, ask }));
  }

  /** What a trigger of this session asked, open or not. */
  asked(triggerId: TriggerId): Ask | undefined {
    return this.#asked.get(triggerId);
  }

  get liveChildren(): SessionId[] {
    return [...this.#children].flatMap(([id, state]) => (state === 'live' ? [id] : []));
  }

  /** Whether this trigger of a child still waits for this session. */
  awaits(triggerId: TriggerId): boolean {
    return this.#toAnswer.has(triggerId);
  }
}

function identityOf(item: InboxItem): string {
  return item.kind === 'trigger' ? item.triggerId : item.id;
}
