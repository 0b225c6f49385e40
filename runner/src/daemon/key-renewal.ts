/**
 * Asks the relay for this runner's next key in good time, keeps it on the disk, and begins a link with it. The key that it
 * has stays beside the new one: until a link was opened with the new one it works, whatever gets lost in between.
 */
import type { Logger } from 'pino';
import { readCredentials, saveCredentials } from '../home/credentials.ts';
import type { Home } from '../home/home.ts';
import type { Link } from './link.ts';

/** At most so often, whatever a relay says: a write to the disk and a new link each time. */
const AGAIN_MS = 10_000;

export interface KeyRenewalOptions {
  readonly link: Pick<Link, 'request' | 'reset' | 'key'>;
  readonly home: Home;
  readonly logger: Logger;
}

export class KeyRenewal {
  readonly #options: KeyRenewalOptions;
  /** By the relay's clock; undefined: never. */
  #due: number | undefined;
  #askedAt = -Infinity;
  #isAsking = false;

  constructor(options: KeyRenewalOptions) {
    this.#options = options;
  }

  /** What a welcome said. */
  opened({ renewKeyAt }: { readonly renewKeyAt?: number | undefined }): void {
    this.#due = renewKeyAt;
  }

  /** Renews the key when it is time, by the relay's clock. A failure is logged, and tried again later. */
  async look(relayTime: number): Promise<void> {
    const now = performance.now();
    if (this.#due === undefined || relayTime < this.#due || now - this.#askedAt < AGAIN_MS) return;
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#askedAt = now;
    try {
      await this.#renew();
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'the key of this runner could not be renewed; it is tried again');
    } finally {
      this.#isAsking = false;
    }
  }

  async #renew(): Promise<void> {
    const { link, home } = this.#options;
    const previousKey = link.key;
    if (previousKey === undefined) return;
    const { key } = await link.request('renew_key', {});
    const kept = await readCredentials(home);
    // Somebody has joined this folder to a relay meanwhile: that key is the one to use.
    if (kept.key !== previousKey && kept.previousKey !== previousKey) return;
    await saveCredentials(home, { ...kept, key, previousKey });
    link.reset('this runner has a new key');
  }
}
