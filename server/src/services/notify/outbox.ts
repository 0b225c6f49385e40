/**
 * Sends what the records want shown or withdrawn. A try is counted in the store before it is made, so of many relays one
 * makes it; whoever dies in between leaves the timer for the next one, and the same tag makes a repetition invisible.
 */
import { PersonId, type KeyId, type PushMessage } from '@treeline/shared';
import { dropDevice } from '../../domain/notify/recipients.ts';
import { claimNotice, settleNotice, type Errand, type SendResult } from '../../domain/notify/sending.ts';
import type { DueTimer } from '../../ports/store.ts';
import type { Context } from '../context.ts';
import { waitingForPeople } from './waiting.ts';

/** Requests to the world outside at a time. */
const AT_A_TIME = 8;
/** What is due beyond this comes again by itself. */
const MAX_WAITING = 200;

const DISABLED: SendResult = { status: 'refused', detail: 'Nothing is sent to a person who is disabled' };

export interface OutboxOptions {
  readonly isRevoked: (keyId: KeyId) => Promise<boolean>;
  readonly isDisabled: (id: PersonId) => Promise<boolean>;
  /** Hears of a store that does not answer; the notice comes again. */
  readonly onError: (error: unknown) => void;
}

export class Outbox {
  readonly #context: Context;
  readonly #options: OutboxOptions;
  readonly #waiting: DueTimer[] = [];
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  constructor(context: Context, options: OutboxOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Does not wait. */
  take(timer: DueTimer): void {
    if (this.#stopped || this.#waiting.length >= MAX_WAITING) return;
    this.#waiting.push(timer);
    this.#next();
  }

  /** Takes nothing more; resolves when what is under way is settled. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting.length = 0;
    await Promise.all(this.#running);
  }

  #next(): void {
    while (this.#running.size < AT_A_TIME) {
      const timer = this.#waiting.shift();
      if (timer === undefined) return;
      const run = this.#send(timer)
        .catch(this.#options.onError)
        .finally(() => {
          this.#running.delete(run);
          this.#next();
        });
      this.#running.add(run);
    }
  }

  async #send({ ns, id }: DueTimer): Promise<void> {
    const { transact } = this.#context;
    const errand = await transact.run({ ns, preload: [{ kind: 'notice', id }] }, (draft) => claimNotice(draft, id));
    if (errand === undefined) return;
    if (errand.channel === 'push' && errand.device.keyId !== undefined) {
      const { keyId } = errand.device;
      if (await this.#options.isRevoked(keyId)) {
        const { recipient } = errand.notice;
        const why = 'The sign-in that added it was revoked';
        await transact.run({ ns }, (draft) => {
          dropDevice(draft, recipient, errand.device.id, why);
          settleNotice(draft, errand.notice, { status: 'gone', detail: why });
        });
        return;
      }
    }
    const result = (await this.#isDisabled(errand.notice.recipient)) ? DISABLED : await this.#deliver(ns, errand);
    await transact.run({ ns, preload: [{ kind: 'recipient', id: errand.notice.recipient }] }, (draft) =>
      settleNotice(draft, errand.notice, result),
    );
  }

  /** A key of the relay's own machine is nobody's, and goes by its name. */
  async #isDisabled(recipient: string): Promise<boolean> {
    const person = PersonId.safeParse(recipient);
    return person.success && (await this.#options.isDisabled(person.data));
  }

  async #deliver(ns: string, errand: Errand): Promise<SendResult> {
    const { sender, store, clock } = this.#context;
    const { notice, note, why } = errand;
    const tag = notice.subject.id;
    if (errand.channel === 'ntfy') return sender.topic({ to: errand.topic, note, tag, why });
    const { id: device, receipt } = errand.device;
    const about = { tag, device, receipt, waiting: await waitingForPeople(store, ns) };
    const message: PushMessage =
      note === null
        ? { type: 'withdraw', ...about, why }
        : {
            type: 'show',
            ...about,
            title: note.title,
            body: note.body,
            path: note.path,
            answers: [...note.answers],
            at: clock.now(),
            again: notice.round > 0,
          };
    return sender.push({ to: errand.device, message });
  }
}
