/** Tells the relay at its rhythm that this runner is there, and how it is. */
import type { RunnerHealth } from '@treeline/shared';
import type { Logger } from 'pino';
import type { Link } from './link.ts';

const FASTEST_MS = 1000;
const SLOWEST_MS = 60_000;

export interface HeartbeatOptions {
  readonly link: Pick<Link, 'request' | 'reset' | 'online'>;
  readonly health: () => Promise<RunnerHealth>;
  /** Hears the relay's time with each beat that it took. The beat does not wait for what it does. */
  readonly taken: (relayTime: number) => void;
  readonly logger: Logger;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Beats from now on. The relay's wish is kept within a second and a minute. */
  start(wishMs: number): void {
    this.stop();
    const everyMs = Math.min(Math.max(wishMs, FASTEST_MS), SLOWEST_MS);
    this.#timer = setInterval(() => void this.#beat(everyMs), everyMs);
    void this.#beat(everyMs);
  }

  /** Beats once more, for news that should not wait; nothing when the link is down. */
  async now(): Promise<void> {
    if (this.#timer !== undefined) await this.#beat(SLOWEST_MS / 6);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #beat(timeoutMs: number): Promise<void> {
    const { link, health, taken, logger } = this.#options;
    try {
      const { time } = await link.request('heartbeat', { health: await health() }, timeoutMs);
      taken(time);
    } catch (error) {
      if (!link.online) return;
      logger.warn({ err: error }, 'the relay did not take a heartbeat');
      link.reset('a heartbeat was not answered');
    }
  }
}
