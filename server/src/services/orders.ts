/**
 * What people ask of runners: carried by hints to the relay that holds the runner's link, and its answer back. Nothing of
 * it is stored; one whose answer is lost may be asked again, for each of them has the same effect twice as once.
 */
import { newId, TreelineError, type RunnerAnswer, type RunnerId, type RunnerOrder } from '@treeline/shared';
import type { Hints, OrderOutcome } from '../ports/hints.ts';

/** Longer than a runner may take for its doctor. */
const ANSWER_WITHIN_MS = 25_000;

export class Orders {
  readonly #hints: Hints;
  readonly #waiting = new Map<string, (answer: OrderOutcome) => void>();

  constructor(hints: Hints) {
    this.#hints = hints;
    hints.listen((hint) => {
      if (hint.type === 'order_done') this.#waiting.get(hint.orderId)?.(hint.outcome);
    });
  }

  /** Rejects with the runner's own refusal, and with no_runner when no answer comes. */
  async give(ns: string, runnerId: RunnerId, order: RunnerOrder): Promise<RunnerAnswer> {
    const orderId = newId('message');
    const outcome = await new Promise<OrderOutcome | undefined>((resolve) => {
      const limit = setTimeout(() => resolve(undefined), ANSWER_WITHIN_MS);
      this.#waiting.set(orderId, (answer) => {
        clearTimeout(limit);
        resolve(answer);
      });
      this.#hints.emit({ ns, type: 'order', runnerId, orderId, order });
    });
    this.#waiting.delete(orderId);
    if (outcome === undefined)
      throw new TreelineError(
        'no_runner',
        'The runner is online, and has not answered; ask again, or look at its machine',
      );
    if (!outcome.ok) throw TreelineError.fromProblem(outcome.error);
    return outcome.value;
  }
}
