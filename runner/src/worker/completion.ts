/**
 * When a child session is over by itself: it was given work, its turn has ended, and nothing is open any more, neither in
 * its inbox nor in its own questions nor in its children. Until then, and for a moment after, every sign of life postpones it.
 */
import type { SessionMemory } from './memory.ts';

const SETTLE_MS = 250;
/** An agent that was just handed a message may take this long to begin its turn. */
const BEGIN_MS = 2_000;

export interface CompletionOptions {
  readonly memory: Pick<SessionMemory, 'openQuestions' | 'liveChildren'>;
  /** Something is in hand: an inbox item, or the end itself. */
  readonly isBusy: () => boolean;
  /** Called once the session is over: with what failed in its last turn, or without. */
  readonly over: (failure: string | undefined) => void;
}

export class Completion {
  readonly #options: CompletionOptions;
  #turn: 'none' | 'running' | 'ended' = 'none';
  #failure: string | undefined;
  #settleMs = SETTLE_MS;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CompletionOptions) {
    this.#options = options;
  }

  turnStarted(): void {
    this.#turn = 'running';
    this.hold();
  }

  turnEnded(failure: string | undefined): void {
    this.#turn = 'ended';
    this.#failure = failure;
    this.#settleMs = SETTLE_MS;
    this.consider();
  }

  /** The agent is being handed a message, which may begin a turn. */
  deliver(): void {
    if (this.#turn === 'ended') this.#settleMs = BEGIN_MS;
  }

  /** Something happens: not now. */
  hold(): void {
    clearTimeout(this.#timer);
  }

  /** Something is done: perhaps it was the last. */
  consider(): void {
    this.hold();
    if (this.#turn !== 'ended') return;
    this.#timer = setTimeout(() => {
      const { memory, isBusy, over } = this.#options;
      if (this.#turn !== 'ended' || isBusy()) return;
      const isOpen = memory.openQuestions.length > 0 || memory.liveChildren.length > 0;
      if (this.#failure !== undefined || !isOpen) over(this.#failure);
    }, this.#settleMs);
  }
}
