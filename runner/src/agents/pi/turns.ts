/**
 * When pi works and when it is idle.
 *
 *   idle ──agent_start──► busy ──agent_settled──► idle
 *
 * pi 0.7x has no agent_settled: there a run that ended is asked about, and a retry may still follow it.
 */
import { z } from 'zod';
import type { PiRecord } from './rpc.ts';

const State = z.looseObject({ isStreaming: z.boolean(), isCompacting: z.boolean() });

export interface TurnsOptions {
  readonly onStart: () => void;
  readonly onEnd: () => void;
  /** Asks pi for its state. */
  readonly getState: () => Promise<unknown>;
}

export class Turns {
  readonly #options: TurnsOptions;
  #busy = false;
  #retrying = false;
  #runs = 0;
  #waiting: (() => void)[] = [];

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** How often pi has said that it began to work. */
  get runs(): number {
    return this.#runs;
  }

  /** Resolves when no turn runs. */
  idle(): Promise<void> {
    return this.#busy ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve();
  }

  take(record: PiRecord): void {
    if (record.type === 'agent_start') {
      this.#runs += 1;
      this.#retrying = false;
      this.start();
    } else if (record.type === 'agent_settled') this.end();
    else if (record.type === 'auto_retry_start') this.#retrying = true;
    else if (record.type === 'auto_retry_end') {
      this.#retrying = false;
      if (record['success'] === false) void this.#endWhenIdle();
    } else if (record.type === 'agent_end' && !('willRetry' in record)) void this.#endWhenIdle();
  }

  start(): void {
    if (this.#busy) return;
    this.#busy = true;
    this.#options.onStart();
  }

  end(): void {
    if (!this.#busy) return;
    this.#busy = false;
    this.#options.onEnd();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  async #endWhenIdle(): Promise<void> {
    const runs = this.#runs;
    const state = State.safeParse(await this.#options.getState().catch(() => undefined));
    if (this.#retrying || runs !== this.#runs || !state.success) return;
    if (!state.data.isStreaming && !state.data.isCompacting) this.end();
  }
}
