/**
 * Messages to sessions on their way to the relay. They wait in sight and over reloads, can be taken back until they are
 * sent, and go in their order once the relay is heard. Answers never wait here: what they answer may be over by then.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { nextToSend, without, withRefusal, type Outgoing } from '../state/outbox.ts';
import { RelayProblem } from './problem.ts';
import { requestKey } from './request-key.ts';
import type { Saved } from './saved.ts';

const KEPT = 'outbox';
const AGAIN_MS = 3_000;

export interface OutboxOptions {
  readonly saved: Saved;
  /** Rejects with RelayProblem when the relay refuses it, with anything else when nobody knows. */
  readonly send: (message: Outgoing) => Promise<void>;
  /** The relay is heard. */
  readonly isUp: () => boolean;
}

export class Outbox {
  readonly store: StoreApi<readonly Outgoing[]> = createStore(() => []);
  readonly #options: OutboxOptions;
  readonly #drafts = new Map<string, string>();
  #sending: string | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** What an earlier page left. */
  async restore(): Promise<void> {
    const kept = (await this.#options.saved.get<Outgoing[]>(KEPT)) ?? [];
    const known = new Set(this.store.getState().map(({ key }) => key));
    this.#change((waiting) => [...kept.filter(({ key }) => !known.has(key)), ...waiting]);
    this.flush();
  }

  add(message: Pick<Outgoing, 'sessionId' | 'text' | 'deliverAs'>): void {
    this.#change((waiting) => [...waiting, { ...message, key: requestKey(), at: Date.now() }]);
    this.flush();
  }

  /** What was begun for a session and not sent: it is there again when its reader looked elsewhere meanwhile. */
  draft(sessionId: string): string {
    return this.#drafts.get(sessionId) ?? '';
  }

  keepDraft(sessionId: string, text: string): void {
    if (text === '') this.#drafts.delete(sessionId);
    else this.#drafts.set(sessionId, text);
  }

  /** Takes it back. One that is being sent at this moment may be there already. */
  cancel(key: string): void {
    this.#change((waiting) => without(waiting, key));
  }

  /** A person wants what was refused to be tried again. */
  retry(key: string): void {
    this.#change((waiting) => withRefusal(waiting, key, undefined));
    this.flush();
  }

  forget(): void {
    this.#drafts.clear();
    this.store.setState([], true);
  }

  /** Sends what may go, one after the other, while the relay is heard. */
  flush(): void {
    const next = nextToSend(this.store.getState());
    if (next === undefined || this.#sending !== undefined || !this.#options.isUp()) return;
    this.#sending = next.key;
    void this.#send(next).finally(() => {
      this.#sending = undefined;
    });
  }

  async #send(message: Outgoing): Promise<void> {
    try {
      await this.#options.send(message);
      this.#change((waiting) => without(waiting, message.key));
      setTimeout(() => this.flush());
    } catch (error) {
      const isFinal = error instanceof RelayProblem && error.code !== 'unavailable' && error.code !== 'rate_limited';
      if (isFinal) {
        const refused = { what: error.message, hint: error.hint };
        this.#change((waiting) => withRefusal(waiting, message.key, refused));
      }
      setTimeout(() => this.flush(), isFinal ? 0 : AGAIN_MS);
    }
  }

  #change(change: (waiting: readonly Outgoing[]) => readonly Outgoing[]): void {
    const waiting = change(this.store.getState());
    this.store.setState(waiting, true);
    void this.#options.saved.set(KEPT, waiting);
  }
}
