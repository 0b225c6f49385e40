/** The place for a session's one worker: empty, or a process that is watched until it is proven dead. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from '../process/identity.ts';
import { adoptWorker, startWorker, type WorkerCommand, type WorkerExit, type WorkerProcess } from './worker-process.ts';

export class WorkerSlot {
  readonly #exited: (exit: WorkerExit) => void;
  #worker: WorkerProcess | undefined;

  /** `exited` hears of a worker that ended by itself; not of one that `empty` ended. */
  constructor(exited: (exit: WorkerExit) => void) {
    this.#exited = exited;
  }

  get identity(): ProcessIdentity | undefined {
    return this.#worker?.identity;
  }

  /** Rejects when the program cannot be started. */
  async start(command: WorkerCommand): Promise<void> {
    this.#watch(await startWorker(command));
  }

  /** Takes over a process that an earlier daemon started. */
  adopt(identity: ProcessIdentity): void {
    this.#watch(adoptWorker(identity));
  }

  #watch(worker: WorkerProcess): void {
    this.#worker = worker;
    void worker.exited.then((exit) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#exited(exit);
    });
  }

  /** The worker's socket closed: look closely whether it died. */
  suspect(): void {
    this.#worker?.suspect();
  }

  /** Asks the worker to end, for when there is no socket to say it on. */
  terminate(): void {
    const identity = this.identity;
    if (identity === undefined || !isAlive(identity)) return;
    try {
      process.kill(identity.pid, 'SIGTERM');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }

  /** Ends the worker unheard; one that is about to end by itself may take `graceMs` for it. */
  async empty(graceMs: number): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker !== undefined) await endWithin(worker, graceMs);
  }

  /** Resolves when the worker has ended, which was asked to before; kills it after `graceMs`. */
  async ended(graceMs: number): Promise<void> {
    if (this.#worker !== undefined) await endWithin(this.#worker, graceMs);
  }
}

async function endWithin(worker: WorkerProcess, graceMs: number): Promise<void> {
  if (graceMs > 0) await Promise.race([worker.exited, sleep(graceMs, undefined, { ref: false })]);
  await worker.kill();
  await worker.exited;
}
