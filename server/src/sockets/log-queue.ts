/** The `log` packets of one link: those that share a session are taken in one after the other, in the order they came. */
import { TreelineError, type Frame, type FrameAck, type SessionId } from '@treeline/shared';

/** Characters of frames that may wait; a runner that sends faster than the store takes is told to slow down. */
const WAITING_CHARS = 32 * 1024 * 1024;

export class LogQueue {
  readonly #intake: (frames: readonly Frame[]) => Promise<FrameAck[]>;
  /** The last packet of each session that is not stored yet. */
  readonly #last = new Map<SessionId, Promise<unknown>>();
  #waiting = 0;

  constructor(intake: (frames: readonly Frame[]) => Promise<FrameAck[]>) {
    this.#intake = intake;
  }

  /** Resolves when the frames are durable; rejects with rate_limited when too much waits already. */
  async add(frames: readonly Frame[]): Promise<FrameAck[]> {
    const chars = frames.reduce((sum, { body }) => sum + body.length, 0);
    if (this.#waiting + chars > WAITING_CHARS)
      throw new TreelineError('rate_limited', 'too many frames wait to be stored; wait for acknowledgements');
    this.#waiting += chars;
    const sessions = new Set(frames.map(({ session }) => session));
    const turn = this.#after(
      [...sessions].map((session) => this.#last.get(session)),
      frames,
    );
    const settled = turn.catch(() => undefined);
    for (const session of sessions) this.#last.set(session, settled);
    try {
      return await turn;
    } finally {
      this.#waiting -= chars;
      for (const session of sessions) if (this.#last.get(session) === settled) this.#last.delete(session);
    }
  }

  async #after(earlier: readonly (Promise<unknown> | undefined)[], frames: readonly Frame[]): Promise<FrameAck[]> {
    await Promise.all(earlier.filter((packet) => packet !== undefined));
    return this.#intake(frames);
  }
}
