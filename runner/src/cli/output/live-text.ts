/**
 * A session on a terminal as it happens. Unfinished text is written when it comes; the stored record that follows repeats
 * it whole, so only what was not shown of it is written then.
 */
import type { SessionUpdate } from '@treeline/shared';
import type { Look } from './output.ts';
import { chunkText, type PlacedRecord, recordLines, shownAt } from './records.ts';
import { safe } from './safe.ts';

const LABELS: Readonly<Record<string, string>> = { agent_message_chunk: 'agent', agent_thought_chunk: 'thinks' };

export class LiveText {
  readonly #write: (text: string) => void;
  readonly #look: Look;
  /** The unfinished piece of each kind, as far as it is on the screen. */
  readonly #shown = new Map<string, string>();
  /** The kind whose line is open. */
  #open: string | undefined;

  constructor({ write, look }: { write: (text: string) => void; look: Look }) {
    this.#write = write;
    this.#look = look;
  }

  delta(update: SessionUpdate): void {
    const kind = update.sessionUpdate;
    const text = chunkText(update);
    const label = LABELS[kind];
    if (text === undefined || label === undefined) return;
    if (kind !== this.#open) this.endLine();
    const begins = this.#open === undefined;
    this.#open = kind;
    this.#shown.set(kind, (this.#shown.get(kind) ?? '') + text);
    if (begins) this.#write(shownAt(Date.now(), label, this.#look).head);
    this.#writeText(text);
  }

  record(placed: PlacedRecord): void {
    if (this.#isShown(placed)) return this.endLine();
    const lines = recordLines(placed, this.#look);
    if (lines.length === 0) return;
    this.endLine();
    this.#write(`${lines.join('\n')}\n`);
  }

  /** Ends the open line, so that something else can be written below it. */
  endLine(): void {
    if (this.#open !== undefined) this.#write('\n');
    this.#open = undefined;
  }

  /** Whether all of the record is on the screen; what is missing of an open line is added. */
  #isShown({ record }: PlacedRecord): boolean {
    if (record.kind !== 'update') return false;
    const kind = record.update.sessionUpdate;
    const shown = this.#shown.get(kind);
    if (shown === undefined) return false;
    this.#shown.delete(kind);
    const whole = chunkText(record.update) ?? '';
    if (this.#open !== kind || !whole.startsWith(shown)) return whole === shown;
    this.#writeText(whole.slice(shown.length));
    return true;
  }

  #writeText(text: string): void {
    this.#write(safe(text).replaceAll('\n', `\n${shownAt(0, '', this.#look).indent}`));
  }
}
