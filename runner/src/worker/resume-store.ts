/** Keeps the agent's latest token on the disk. Tokens that come while one is being written are skipped but for the last; a full disk is waited for. */
import { failpoint } from '@treeline/shared';
import { setTimeout as sleep } from 'node:timers/promises';
import { writePrivate } from '../process/files.ts';
import { isDiskFull } from '../process/reserve.ts';

/** How soon a full disk is tried again. */
const FULL_RETRY_MS = 250;

export class ResumeStore {
  readonly #path: string;
  #wanted: string | undefined;
  #saving: Promise<void> | undefined;
  #saved: boolean;

  constructor(options: { path: string; has: boolean }) {
    this.#path = options.path;
    this.#saved = options.has;
  }

  /** Whether there is a token to go on from, or will be in a moment. */
  get has(): boolean {
    return this.#saved || this.#saving !== undefined;
  }

  save(token: string): void {
    this.#wanted = token;
    this.#saving ??= this.#save();
    // Whoever depends on it awaits `settled`; a failure shows there.
    this.#saving.catch(() => undefined);
  }

  /** Resolves when the latest token is on the disk; rejects when it could not be written. */
  async settled(): Promise<void> {
    await this.#saving;
  }

  async #save(): Promise<void> {
    try {
      while (this.#wanted !== undefined) {
        const token = this.#wanted;
        this.#wanted = undefined;
        try {
          await writePrivate(this.#path, token);
        } catch (error) {
          if (!isDiskFull(error)) throw error;
          this.#wanted ??= token;
          await sleep(FULL_RETRY_MS);
          continue;
        }
        FAILPOINT: failpoint('worker.token.saved');
        this.#saved = true;
      }
    } finally {
      this.#saving = undefined;
    }
  }
}
