/** Questions that this session asks and waits on: its ask tools, and what its agent asks by itself (permissions, plans). */
import { newId, type Ask, type InboxOf, type TriggerId } from '@treeline/shared';
import type { Decisions, Refusal } from './decisions.ts';
import type { OpenQuestion, SessionMemory } from './memory.ts';

export type Answer = Pick<InboxOf<'answer'>, 'outcome' | 'response' | 'action' | 'by'>;

export type AskResult =
  | { readonly is: 'settled'; readonly triggerId: TriggerId; readonly answer: Answer }
  | { readonly is: 'refused'; readonly refusal: Refusal }
  /** The asker's patience is over; the question stays open and the answer will come as a message. */
  | { readonly is: 'later'; readonly triggerId: TriggerId }
  | { readonly is: 'withdrawn' };

export interface AskOptions {
  /** Aborting withdraws the question. */
  readonly signal: AbortSignal;
  readonly patienceMs?: number | undefined;
}

export class Questions {
  readonly #decisions: Decisions;
  readonly #memory: SessionMemory;
  readonly #waiting = new Map<TriggerId, (result: AskResult) => void>();
  /** The session stops and may be resumed: what its agent abandons now stays asked. */
  #keepOpen = false;

  constructor(options: { decisions: Decisions; memory: SessionMemory }) {
    this.#decisions = options.decisions;
    this.#memory = options.memory;
  }

  /**
   * Asks, and resolves when there is an answer, a refusal, or an end to the waiting. A question that an earlier attempt
   * of this session asked in the same words, and that is still open, is taken up rather than asked again; when it proves
   * to have been cancelled with that attempt, it is asked anew.
   */
  async ask(ask: Ask, options: AskOptions): Promise<AskResult> {
    const earlier = this.#memory.openQuestions.find(
      (open) => open.ask.type === ask.type && open.ask.text === ask.text && !this.#waiting.has(open.triggerId),
    );
    const result = await this.#askOnce(ask, earlier, options);
    const isStale = earlier !== undefined && result.is === 'settled' && result.answer.outcome === 'cancelled';
    return isStale ? this.#askOnce(ask, undefined, options) : result;
  }

  async #askOnce(ask: Ask, earlier: OpenQuestion | undefined, { signal, patienceMs }: AskOptions): Promise<AskResult> {
    if (signal.aborted) return { is: 'withdrawn' };
    const triggerId = earlier?.triggerId ?? newId('trigger');
    let end: (result: AskResult) => void = () => undefined;
    const ended = new Promise<AskResult>((resolve) => {
      end = resolve;
    });
    this.#waiting.set(triggerId, end);
    const decision =
      earlier === undefined
        ? this.#decisions.submit({ kind: 'ask', triggerId, ask }, (refusal) => end({ is: 'refused', refusal }))
        : undefined;
    const onAbort = () => {
      if (!this.#keepOpen) this.#decisions.submit({ kind: 'withdraw', triggerId }).release();
      end({ is: 'withdrawn' });
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const timer = patienceMs === undefined ? undefined : setTimeout(() => end({ is: 'later', triggerId }), patienceMs);
    try {
      return await ended;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      this.#waiting.delete(triggerId);
      decision?.release();
    }
  }

  /** An answer came. False when nobody waits for it, so that it has to be told. */
  settle(item: InboxOf<'answer'>): boolean {
    const end = this.#waiting.get(item.triggerId);
    end?.({ is: 'settled', triggerId: item.triggerId, answer: item });
    return end !== undefined;
  }

  /** From now on abandoned questions are not withdrawn. */
  keepOpen(): void {
    this.#keepOpen = true;
  }
}
