/** Unfinished output on its way to viewers: only while somebody watches, coalesced, and dropped when the socket is full. */
import type { Position, SessionUpdate } from '@treeline/shared';
import type { WorkerToDaemon } from '../process/local-protocol.ts';

const EVERY_MS = 16;
const MAX_UPDATES = 64;
const BACKLOG_BYTES = 256 * 1024;
/** Of one message; a larger delta is left to the record that follows it. */
const MAX_CHARS = 64 * 1024;

export interface DeltaStreamOptions {
  readonly link: { readonly watched: boolean; readonly backlog: number; send(message: WorkerToDaemon): void };
  /** The last record: what the deltas come after. */
  readonly head: () => Position;
}

export class DeltaStream {
  readonly #options: DeltaStreamOptions;
  #waiting: SessionUpdate[] = [];
  #chars = 0;
  #window: NodeJS.Timeout | undefined;

  constructor(options: DeltaStreamOptions) {
    this.#options = options;
  }

  push(update: SessionUpdate): void {
    const { link } = this.#options;
    if (!link.watched || link.backlog > BACKLOG_BYTES) return;
    const chars = JSON.stringify(update).length;
    if (chars > MAX_CHARS) return;
    if (this.#chars + chars > MAX_CHARS) this.#send();
    this.#chars += chars;
    const last = this.#waiting.at(-1);
    const joined = last === undefined ? undefined : join(last, update);
    if (joined === undefined) this.#waiting.push(update);
    else this.#waiting[this.#waiting.length - 1] = joined;
    if (this.#window !== undefined && this.#waiting.length < MAX_UPDATES) return;
    this.#send();
    this.#window ??= setTimeout(() => this.#endWindow(), EVERY_MS);
  }

  /** A finished record replaces the deltas before it. */
  drop(): void {
    this.#waiting = [];
    this.#chars = 0;
  }

  #endWindow(): void {
    this.#window = undefined;
    if (this.#waiting.length === 0) return;
    this.#send();
    this.#window = setTimeout(() => this.#endWindow(), EVERY_MS);
  }

  #send(): void {
    const updates = this.#waiting;
    this.drop();
    if (updates.length > 0) this.#options.link.send({ type: 'delta', after: this.#options.head(), updates });
  }
}

/** Two pieces of the same text as one; undefined when they are not that. */
function join(a: SessionUpdate, b: SessionUpdate): SessionUpdate | undefined {
  if (a.sessionUpdate !== b.sessionUpdate || a['messageId'] !== b['messageId']) return undefined;
  const [left, right] = [textOf(a), textOf(b)];
  if (left === undefined || right === undefined) return undefined;
  return { ...a, content: { type: 'text', text: left + right } };
}

/** The text of a message or thought chunk. */
export function textOf(update: SessionUpdate): string | undefined {
  if (!update.sessionUpdate.endsWith('_chunk')) return undefined;
  const content = update['content'];
  if (typeof content !== 'object' || content === null || !('text' in content)) return undefined;
  return typeof content.text === 'string' ? content.text : undefined;
}
