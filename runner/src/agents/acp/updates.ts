/**
 * From an agent's session/update notifications to what the worker is told: chunks fly as deltas and come again joined,
 * everything else is a finished step and passes as it is, known or not.
 */
import type { SessionUpdate, Usage } from '@treeline/shared';
import { z } from 'zod';
import type { AgentListener } from '../agent.ts';
import { ChunkJoiner } from '../chunk-joiner.ts';
import type { Kept } from './kept.ts';

/** A chunk may be as long as its agent likes; a record may not. */
const CHUNK_CHARS = 16 * 1024;
const IDLE_FLUSH_MS = 100;

const TextChunk = z.looseObject({
  sessionUpdate: z.enum(['agent_message_chunk', 'agent_thought_chunk']),
  content: z.looseObject({ type: z.literal('text'), text: z.string() }),
});

const UsageUpdate = z.looseObject({ cost: z.looseObject({ amount: z.number().nonnegative(), currency: z.string() }) });
const count = z.number().nonnegative().nullish();
const PromptResponse = z.looseObject({
  usage: z.looseObject({ inputTokens: count, outputTokens: count, cachedReadTokens: count }),
});

export class Updates {
  readonly #listener: AgentListener;
  readonly #kept: Kept;
  readonly #joiner: ChunkJoiner;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: { readonly listener: AgentListener; readonly kept: Kept }) {
    this.#listener = options.listener;
    this.#kept = options.kept;
    this.#joiner = new ChunkJoiner(options.listener);
  }

  take(update: SessionUpdate): void {
    // An echo of what we sent: the worker has it in the inbox.
    if (update.sessionUpdate === 'user_message_chunk') return;
    const chunk = TextChunk.safeParse(update);
    if (chunk.success) {
      for (const text of pieces(chunk.data.content.text)) {
        this.#joiner.push({ ...chunk.data, content: { ...chunk.data.content, text } });
      }
      return;
    }
    this.#joiner.push(update);
    const used = update.sessionUpdate === 'usage_update' ? UsageUpdate.safeParse(update).data : undefined;
    if (used?.cost.currency === 'USD') this.#listener.usage(this.#kept.setCost(used.cost.amount));
  }

  /** Ends what is half said: before a question, at the end of a turn, at the exit. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#joiner.flush();
  }

  /** For what an agent says outside of a turn, which has no end. */
  flushSoon(): void {
    this.#timer ??= setTimeout(() => this.flush(), IDLE_FLUSH_MS);
  }

  /** The tokens of a turn, in the response to session/prompt; agents that count none say nothing. */
  takeResponse(response: unknown): void {
    const { usage } = PromptResponse.safeParse(response).data ?? {};
    if (usage === undefined) return;
    const turn: Usage = {
      ...(typeof usage.inputTokens === 'number' && { inputTokens: usage.inputTokens }),
      ...(typeof usage.outputTokens === 'number' && { outputTokens: usage.outputTokens }),
      ...(typeof usage.cachedReadTokens === 'number' && { cachedTokens: usage.cachedReadTokens }),
    };
    if (Object.keys(turn).length > 0) this.#listener.usage(this.#kept.addTurn(turn));
  }
}

function* pieces(text: string): Iterable<string> {
  for (let at = 0; at < text.length; at += CHUNK_CHARS) yield text.slice(at, at + CHUNK_CHARS);
}
