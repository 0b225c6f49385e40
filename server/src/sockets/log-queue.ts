/** The `log` packets of one link, taken in one after the other: frames of a session must arrive in order. */
import { TreelineError, type Frame, type FrameAck } from '@treeline/shared';

/** Characters of frames that may wait; a runner that sends faster than the store takes is told to slow down. */
const WAITING_CHARS = 32 * 1024 * 1024;

export class LogQueue {
  readonly #intake: (frames: readonly Frame[]) => Promise<FrameAck[]>;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(intake: (frames: readonly Frame[]) => Promise<FrameAck[]>) {
    this.#intake = intake;
  }

  async add(frames: readonly Frame[]): Promise<FrameAck[]> {
    const chars = frames.reduce((sum, { body }) => sum + body.length, 0);
    if (this.#waiting + chars > WAITING_CHARS)
      throw new TreelineError('rate_limited', 'too many frames wait to be stored; wait for acknowledgements');
    this.#waiting += chars;
    const turn = this.#tail.then(() => this.#intake(frames));
    this.#tail = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= chars;
    }
  }
}
