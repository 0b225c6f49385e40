/**
 * The epoch in which the relay wants the log of a session to go on, once it does not recognise what it was sent: the part
 * that it does not have is moved there, by the worker if there is one, and nothing is shipped until it is there.
 */
import type { SessionId } from '@treeline/shared';
import type { Logger } from 'pino';
import type { SessionPaths } from '../process/session-folder.ts';
import type { Serial } from './serial.ts';
import { moveToEpoch } from './session-log.ts';
import type { Shipper } from './shipper.ts';
import type { Spool } from './spool.ts';

const AGAIN_MS = 1000;
const MAX_EPOCH = 2 ** 31;

export interface SessionEpochOptions {
  readonly id: SessionId;
  readonly paths: SessionPaths;
  readonly spool: Spool;
  readonly shipper: Shipper;
  /** Of the session. */
  readonly serial: Serial;
  /** Who has the log's file: a worker moves it itself, and what is closed is not touched. */
  readonly holder: () => 'worker' | 'daemon' | 'nobody';
  readonly logger: Logger;
}

export class SessionEpoch {
  readonly #options: SessionEpochOptions;
  #wanted = 0;

  constructor(options: SessionEpochOptions) {
    this.#options = options;
  }

  /** 0: none but that of the assignment. */
  get wanted(): number {
    return this.#wanted;
  }

  /** False when there is no such epoch. */
  want(epoch: number): boolean {
    const { logger } = this.#options;
    if (epoch > MAX_EPOCH) {
      logger.error({ epoch }, 'the relay asks for an epoch that cannot be');
      return false;
    }
    this.#wanted = Math.max(this.#wanted, epoch);
    logger.warn({ epoch }, 'the relay does not recognise the log; it goes on in a new epoch');
    this.#moveTo(epoch);
    return true;
  }

  /** Moves what a worker that is gone left in an older one. */
  async moveRest(): Promise<void> {
    const { paths, spool } = this.#options;
    if (this.#wanted > 0) await moveToEpoch(paths, spool.acked, this.#wanted);
  }

  #moveTo(epoch: number): void {
    const { id, paths, spool, shipper, serial, holder, logger } = this.#options;
    serial
      .run(async () => {
        if (holder() === 'nobody' || epoch < this.#wanted) return;
        if (holder() === 'daemon') await moveToEpoch(paths, spool.acked, epoch);
        await shipper.skipTo(id, epoch);
      })
      .catch((error: unknown) => {
        logger.error({ err: error }, 'the log could not be moved to a new epoch; it is tried again');
        setTimeout(() => this.#moveTo(epoch), AGAIN_MS).unref();
      });
  }
}
