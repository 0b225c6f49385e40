/**
 * What people ask of this runner through the relay. A hostile relay gains nothing by it: it can take nothing that the
 * owner did not give, a pause by the owner stays, and `"remoteControl": false` in config.json refuses all of it.
 */
import { TreelineError, type RunnerAnswer, type RunnerOrder } from '@treeline/shared';
import type { Logger } from 'pino';
import { ensureIdentity } from '../home/identity.ts';
import type { Home } from '../home/home.ts';
import { examine } from './examine.ts';
import type { Intake } from './intake.ts';
import { readLog } from './log-lines.ts';

export interface OrderOptions {
  readonly home: Home;
  readonly intake: Intake;
  /** Sessions with something to finish. */
  readonly busy: () => Promise<number>;
  /** The state has changed. */
  readonly changed: () => Promise<void>;
  /** Takes up its name, once the answer is on its way. */
  readonly reload: () => Promise<void>;
  readonly allowed: () => boolean;
  readonly logPath: string;
  readonly logger: Logger;
}

/** The answer to an order goes out before the link that carried it is begun anew. */
const ANSWERED_MS = 200;

export class Orders {
  readonly #options: OrderOptions;
  #examining: ReturnType<typeof examine> | undefined;

  constructor(options: OrderOptions) {
    this.#options = options;
  }

  async obey(order: RunnerOrder): Promise<RunnerAnswer> {
    const { allowed, logger } = this.#options;
    if (!allowed()) {
      throw new TreelineError(
        'forbidden',
        'The owner of this machine does not allow it to be controlled from elsewhere ("remoteControl" in its config.json)',
      );
    }
    if (order.do !== 'logs') logger.info({ order: order.do }, 'asked through the relay');
    return this.#do(order);
  }

  async #do(order: RunnerOrder): Promise<RunnerAnswer> {
    const { home, intake, busy, logPath } = this.#options;
    switch (order.do) {
      case 'pause':
        await this.#pause(true);
        return { do: 'pause', paused: true };
      case 'resume':
        if (intake.paused === 'owner') {
          throw new TreelineError(
            'forbidden',
            'It was paused on its own machine; only `treeline runner resume` there ends that',
          );
        }
        await this.#pause(false);
        return { do: 'resume', paused: false };
      case 'drain':
        await this.#pause(true);
        return { do: 'drain', paused: true, busy: await busy() };
      case 'rename':
        await ensureIdentity(home, order.name);
        this.#reloadSoon();
        return { do: 'rename', name: order.name };
      case 'doctor':
        // One at a time, however many ask.
        this.#examining ??= examine(home).finally(() => (this.#examining = undefined));
        return { do: 'doctor', findings: await this.#examining };
      case 'logs':
        return { do: 'logs', ...(await readLog(logPath, order)) };
    }
  }

  async #pause(paused: boolean): Promise<void> {
    const { intake, changed } = this.#options;
    if (intake.pausedRemotely === paused) return;
    await intake.pauseRemotely(paused);
    await changed();
  }

  #reloadSoon(): void {
    const { reload, logger } = this.#options;
    setTimeout(() => {
      reload().catch((error: unknown) => logger.error({ err: error }, 'the new name could not be taken up'));
    }, ANSWERED_MS);
  }
}
