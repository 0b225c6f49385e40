/**
 * A session on a terminal as it happens. Unfinished text is written when it comes; the stored record that follows repeats
 * it whole, so only what was not shown of it is written then.
 */
import type { SessionUpdate } from '@treeline/shared';
import type { Look } from './output.ts';
import { chunkText, type PlacedRecord, recordLines } from './records.ts';
import { safe } from './safe.ts';

const CHUNKS = ['agent_message_chunk', 'agent_thought_chunk'];

export class LiveText {
  readonly #write: (text: string) => void;
  readonly #look: Look;
  /** What of the unfinished piece is on the screen. */
  #shown = '';
  #kind = '';

  constructor({ write, look }: { write: (text: string) => void; look: Look }) {
    this.#write = write;
    this.#look = look;
  }

  delta(update: SessionUpdate): void {
    const text = chunkText(update);
    if (text === undefined || !CHUNKS.includes(update.sessionUpdate)) return;
    if (update.sessionUpdate !== this.#kind) this.endLine();
    this.#kind = update.sessionUpdate;
    this.#shown += text;
    this.#write(safe(text));
  }

  record(placed: PlacedRecord): void {
    const { record } = placed;
    const whole =
      record.kind === 'update' && record.update.sessionUpdate === this.#kind ? chunkText(record.update) : undefined;
    if (whole !== undefined && this.#shown !== '' && whole.startsWith(this.#shown)) {
      this.#write(safe(whole.slice(this.#shown.length)));
      this.endLine();
      return;
    }
    const lines = recordLines(placed, this.#look);
    if (lines.length === 0) return;
    this.endLine();
    this.#write(`${lines.join('\n')}\n`);
  }

  /** Ends the unfinished piece, so that something else can be written below it. */
  endLine(): void {
    if (this.#shown !== '') this.#write('\n');
    this.#shown = '';
    this.#kind = '';
  }
}
