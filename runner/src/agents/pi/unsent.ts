/**
 * Messages that pi was given and may still lose: it keeps its queue in memory, and writes a session only from the
 * model's first answer on. They are kept beside the session until it has them, so that a resumed pi gets them again with
 * the next message; and the ids of those before are kept, so that none is given twice.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { DeliverAs } from '@treeline/shared';
import { z } from 'zod';

/** More than a worker could have handed over without recording that it did. */
const GIVEN_IDS = 256;

const Message = z.object({
  id: z.string().optional(),
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

const File = z.object({ messages: z.array(Message), given: z.array(z.string()) });

export class Unsent {
  readonly #path: string;
  #messages: Message[];
  #given: string[];
  #lost: Message[] = [];

  constructor(path: string) {
    this.#path = path;
    ({ messages: this.#messages, given: this.#given } = load(path));
  }

  /** `written`: the user's messages in the session. What else an earlier pi was given is lost, and waits for `add`. */
  resume(written: readonly { readonly text: string; readonly at: number }[]): void {
    this.#lost = this.#messages.filter(({ text, at }) => !written.some((it) => it.text === text && it.at >= at));
    this.#replace(this.#lost);
  }

  /** Whether this message was given before and is not lost. */
  has(id: string): boolean {
    return this.#given.includes(id) && !this.#lost.some((lost) => lost.id === id);
  }

  /** Durable against the end of any process when it returns. `text`: what to give to pi, lost messages before it. */
  add({ id, text, deliverAs }: Pick<Message, 'id' | 'text' | 'deliverAs'>): { text: string; taken: () => void } {
    const whole = withEarlier(
      this.#lost.filter((lost) => lost.id === undefined || lost.id !== id),
      text,
    );
    const added: Message = { id, text: whole, deliverAs, at: Date.now(), taken: false, seen: false };
    if (id !== undefined) this.#given = [...this.#given, id].slice(-GIVEN_IDS);
    const kept = this.#messages.filter((message) => !this.#lost.includes(message));
    this.#lost = [];
    this.#replace([...kept, added]);
    return {
      text: whole,
      taken: () => {
        added.taken = true;
      },
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
    const file: z.infer<typeof File> = { messages, given: this.#given };
    writeFileSync(`${this.#path}.new`, JSON.stringify(file), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }
}

function withEarlier(earlier: readonly Message[], text: string): string {
  if (earlier.length === 0) return text;
  const told = earlier.map((message) => message.text).join('\n\n');
  return `[Treeline] Told to you before you were interrupted:\n\n${told}\n\n[Treeline] And now:\n\n${text}`;
}

function load(path: string): z.infer<typeof File> {
  try {
    return File.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { messages: [], given: [] };
    throw error;
  }
}
