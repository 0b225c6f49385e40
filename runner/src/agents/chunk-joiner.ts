/**
 * Joins streamed text for the log. Every chunk is shown at once as a delta; what is stored is the whole piece, as one
 * update, when something else follows, at the end of the turn (`flush`), or when it has grown to PIECE_CHARS.
 */
import type { SessionUpdate } from '@treeline/shared';
import { z } from 'zod';
import type { AgentListener } from './agent.ts';

const PIECE_CHARS = 16 * 1024;

const TextChunk = z.looseObject({
  sessionUpdate: z.enum(['agent_message_chunk', 'agent_thought_chunk', 'user_message_chunk']),
  messageId: z.string().nullish(),
  content: z.looseObject({ type: z.literal('text'), text: z.string() }),
});
type TextChunk = z.infer<typeof TextChunk>;

export function textChunk(sessionUpdate: TextChunk['sessionUpdate'], text: string): SessionUpdate {
  return { sessionUpdate, content: { type: 'text', text } };
}

export class ChunkJoiner {
  readonly #listener: Pick<AgentListener, 'delta' | 'update'>;
  #piece: TextChunk | undefined;
  #text = '';

  constructor(listener: Pick<AgentListener, 'delta' | 'update'>) {
    this.#listener = listener;
  }

  /** Takes the agent's next update: text is joined, anything else closes the piece before it and is stored as it is. */
  push(update: SessionUpdate): void {
    const parsed = TextChunk.safeParse(update);
    if (!parsed.success) {
      this.flush();
      this.#listener.update(update);
      return;
    }
    const chunk = parsed.data;
    if (this.#piece !== undefined && !isSamePiece(this.#piece, chunk)) this.flush();
    this.#piece ??= chunk;
    this.#text += chunk.content.text;
    this.#listener.delta(update);
    while (this.#text.length >= PIECE_CHARS) this.#store(cutAt(this.#text, PIECE_CHARS));
  }

  /** Stores the piece that is open, if any. */
  flush(): void {
    if (this.#text !== '') this.#store(this.#text.length);
    this.#piece = undefined;
  }

  #store(length: number): void {
    if (this.#piece === undefined) return;
    const text = this.#text.slice(0, length);
    this.#text = this.#text.slice(length);
    this.#listener.update({ ...this.#piece, content: { ...this.#piece.content, text } });
  }
}

function isSamePiece(a: TextChunk, b: TextChunk): boolean {
  return a.sessionUpdate === b.sessionUpdate && a.messageId === b.messageId;
}

/** Not between the two halves of a character. */
function cutAt(text: string, length: number): number {
  const code = text.charCodeAt(length - 1);
  return code >= 0xd800 && code <= 0xdbff ? length - 1 : length;
}
