/** Keeps runner.state.json true: written on every change, soon after it, and at its own beat while nothing changes. */
import type { Logger } from 'pino';
import type { Home } from '../home/home.ts';
import { writeRunnerState, type RunnerState } from '../home/state-file.ts';

/** Changes within this time are one write. */
const SETTLE_MS = 100;

export interface StatusOptions {
  readonly home: Home;
  readonly state: () => Promise<RunnerState>;
  readonly heartbeatMs: number;
  readonly logger: Logger;
}

export class StatusFile {
  readonly #options: StatusOptions;
  #soon: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #stoppedAt: string | undefined;

  constructor(options: StatusOptions) {
    this.#options = options;
  }

  /** Resolves when the file says that this daemon runs. */
  async start(): Promise<void> {
    this.#beat = setInterval(() => this.changed(), this.#options.heartbeatMs);
    await this.write();
  }

  changed(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.write();
    }, SETTLE_MS);
  }

  /** Writes the state as it is now. A disk that refuses is logged: the file informs, and nothing depends on it. */
  write(): Promise<void> {
    const { home, state, logger } = this.#options;
    this.#writing = this.#writing
      .then(async () =>
        writeRunnerState(home, { ...(await state()), ...(this.#stoppedAt && { stoppedAt: this.#stoppedAt }) }),
      )
      .catch((error: unknown) => logger.warn({ err: error }, `${home.state} cannot be written`));
    return this.#writing;
  }

  /** Writes a last time, with the time of the stop. */
  async stop(): Promise<void> {
    clearTimeout(this.#soon);
    clearInterval(this.#beat);
    this.#stoppedAt = new Date().toISOString();
    await this.write();
  }
}
