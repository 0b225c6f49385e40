/** Brings assignments to a runner: all that are open at hello, and each new one, until the runner has answered. */
import { failpoint } from '@treeline/shared';
import type { Assignment, Reply, RelayToRunner, SessionId } from '@treeline/shared';
import { WokenLoop } from './woken-loop.ts';

const PER_PACKET = 64;

type Answer = Reply<(typeof RelayToRunner)['assign']>;

export interface AssignPumpOptions {
  readonly open: () => Promise<Assignment[]>;
  readonly push: (sessions: Assignment[]) => Promise<Answer>;
  readonly accepted: (assignment: Assignment) => void;
  readonly refused: (refusal: Answer['refused'][number]) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}

export class AssignPump {
  readonly #options: AssignPumpOptions;
  readonly #loop: WokenLoop;
  /** Attempts that the runner has answered on this link; they stay open in the store until its worker starts. */
  readonly #answered = new Map<SessionId, number>();

  constructor(options: AssignPumpOptions) {
    this.#options = options;
    this.#loop = new WokenLoop({
      work: () => this.#round(),
      signal: options.signal,
      onError: (error) => {
        options.onError(error);
        return 'retry';
      },
    });
  }

  /** There may be assignments; the one that is named is sent though it was answered before. */
  wake(session?: SessionId): void {
    if (session !== undefined) this.#answered.delete(session);
    this.#loop.wake();
  }

  async #round(): Promise<void> {
    const open = await this.#options.open();
    const unanswered = open.filter(({ id, attempt }) => this.#answered.get(id) !== attempt);
    for (let at = 0; at < unanswered.length; at += PER_PACKET) await this.#send(unanswered.slice(at, at + PER_PACKET));
  }

  async #send(batch: Assignment[]): Promise<void> {
    const answer = await this.#options.push(batch);
    FAILPOINT: failpoint('relay.assign.accepted');
    const sent = new Map(batch.map((assignment) => [assignment.id, assignment]));
    for (const id of answer.accepted) {
      const assignment = sent.get(id);
      if (assignment === undefined) continue;
      this.#answered.set(id, assignment.attempt);
      this.#options.accepted(assignment);
    }
    for (const refusal of answer.refused) {
      const assignment = sent.get(refusal.id);
      if (assignment === undefined) continue;
      await this.#options.refused(refusal);
      this.#answered.set(refusal.id, assignment.attempt);
    }
  }
}
