/** Keeps the agent's latest token on the disk. Tokens that come while one is being written are skipped but for the last. */
import { failpoint } from '@treeline/shared';
import { writePrivate } from '../process/files.ts';

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
        await writePrivate(this.#path, token);
        FAILPOINT: failpoint('worker.token.saved');
        this.#saved = true;
      }
    } finally {
      this.#saving = undefined;
    }
  }
}
