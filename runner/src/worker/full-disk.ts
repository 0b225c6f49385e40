/**
 * What a worker does while its disk is full: nothing new is given to the agent, and the agent is held at its next tool, or
 * sooner when it says much. It goes on by itself when the runner's reserve is whole again.
 */
import type { SessionUpdate } from '@treeline/shared';
import type { Agent } from '../agents/agent.ts';
import type { Reserve } from '../process/reserve.ts';

const LOOK_MS = 250;
/** What an agent may still say before it is held in the middle of what it does. */
const SAY_BYTES = 64 * 1024;

export interface FullDiskOptions {
  readonly reserve: Pick<Reserve, 'isWhole' | 'restore'>;
  readonly agent: () => Pick<Agent, 'pause'> | undefined;
  readonly isBusy: () => boolean;
  readonly notice: (text: string) => void;
}

export class FullDisk {
  readonly #options: FullDiskOptions;
  #timer: NodeJS.Timeout | undefined;
  #open = Promise.resolve();
  #letOn: () => void = () => undefined;
  #held = false;
  #said = 0;

  constructor(options: FullDiskOptions) {
    this.#options = options;
  }

  /** Resolves while there is room. */
  get room(): Promise<void> {
    return this.#open;
  }

  /** A write was refused, or the daemon says so. */
  begin(): void {
    if (this.#timer !== undefined) return;
    this.#open = new Promise((resolve) => (this.#letOn = resolve));
    this.#said = 0;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#options.notice('The disk of this runner is full: the agent is held until there is room again.');
    if (!this.#options.isBusy()) this.#hold();
  }

  /** The agent has said something. */
  said(update: SessionUpdate): void {
    if (this.#timer === undefined || this.#held) return;
    this.#said += JSON.stringify(update).length;
    if (isBoundary(update) || this.#said > SAY_BYTES) this.#hold();
  }

  /** Its turn is over. */
  turnEnded(): void {
    if (this.#timer !== undefined) this.#hold();
  }

  /** Whoever ends the agent needs it to listen. */
  letGo(): void {
    if (this.#held) this.#options.agent()?.pause(false);
    this.#held = false;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #hold(): void {
    if (this.#held) return;
    this.#held = true;
    this.#options.agent()?.pause(true);
  }

  #look(): void {
    const { reserve, notice } = this.#options;
    if (!reserve.isWhole && !reserve.restore()) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.letGo();
    this.#letOn();
    notice('There is room on the disk again: the agent goes on.');
  }
}

/** A tool begins, or has ended: what the agent did so far is whole. */
function isBoundary({ sessionUpdate, ...update }: SessionUpdate): boolean {
  if (sessionUpdate === 'tool_call') return true;
  const { status } = update as { status?: unknown };
  return sessionUpdate === 'tool_call_update' && (status === 'completed' || status === 'failed');
}
