/**
 * Messages that pi was given and may still lose: it keeps its queue in memory, and writes a session only from the
 * model's first answer on. They are kept beside the session until it has them, so that a resumed pi is given them again.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { DeliverAs } from '@treeline/shared';
import { z } from 'zod';

const Message = z.object({
  text: z.string(),
  deliverAs: DeliverAs,
  /** When it was given; the copy in the session is not older. */
  at: z.number(),
  /** pi has said that it took it. */
  taken: z.boolean(),
  /** It is in the conversation, which is not yet written. */
  seen: z.boolean(),
});
type Message = z.infer<typeof Message>;

export class Unsent {
  readonly #path: string;
  #messages: Message[];

  constructor(path: string) {
    this.#path = path;
    this.#messages = load(path);
  }

  /** What an earlier pi was given and did not write down, oldest first. `written`: the user's messages in its session. */
  lost(
    written: readonly { readonly text: string; readonly at: number }[],
  ): readonly Pick<Message, 'text' | 'deliverAs'>[] {
    const lost = this.#messages.filter(
      ({ text, at }) => !written.some((message) => message.text === text && message.at >= at),
    );
    this.#replace([]);
    return lost;
  }

  /** Durable against the end of any process when it returns. The caller calls the result when pi has taken it. */
  add(text: string, deliverAs: DeliverAs): () => void {
    const message: Message = { text, deliverAs, at: Date.now(), taken: false, seen: false };
    this.#replace([...this.#messages, message]);
    return () => {
      message.taken = true;
    };
  }

  /** A message of the user stands in the conversation. */
  onSeen(text: string): void {
    const message = this.#messages.find((it) => !it.seen && it.text === text);
    if (message !== undefined) message.seen = true;
  }

  /** The session is written up to here. */
  onWritten(): void {
    this.#keep((message) => !message.seen);
  }

  /** pi is idle: it has done with all that it took. */
  onSettled(): void {
    this.#keep((message) => !message.taken);
  }

  #keep(which: (message: Message) => boolean): void {
    const kept = this.#messages.filter(which);
    if (kept.length < this.#messages.length) this.#replace(kept);
  }

  #replace(messages: Message[]): void {
    this.#messages = messages;
    writeFileSync(`${this.#path}.new`, JSON.stringify(messages), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }
}

function load(path: string): Message[] {
  try {
    return z.array(Message).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
