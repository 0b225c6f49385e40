/** Tells the worker what pi does, in the port's words: text, tool calls, usage, retries, turns. */
import type { Usage } from '@treeline/shared';
import { z } from 'zod';
import type { AgentListener } from '../agent.ts';
import { ChunkJoiner, textChunk } from '../chunk-joiner.ts';
import type { PiRecord } from './rpc.ts';
import { toolCall, ToolEnd, toolEnd, ToolProgress, toolProgress, ToolStart } from './tool-calls.ts';

/** Output of a running tool is shown this often at most; its end brings all of it. */
const PROGRESS_EVERY_MS = 200;

const PiUsage = z.looseObject({
  input: z.number().catch(0),
  output: z.number().catch(0),
  cacheRead: z.number().catch(0),
  cost: z.looseObject({ total: z.number().catch(0) }).catch({ total: 0 }),
});

const Delta = z.looseObject({
  assistantMessageEvent: z.looseObject({ type: z.string(), delta: z.string().optional() }),
});

const Ended = z.looseObject({
  message: z.looseObject({
    role: z.string(),
    content: z
      .union([
        z.string(),
        z.array(z.looseObject({ type: z.string(), text: z.string().optional(), thinking: z.string().optional() })),
      ])
      .catch([]),
    usage: PiUsage.optional(),
    stopReason: z.string().optional(),
    errorMessage: z.string().optional(),
    timestamp: z.number().optional(),
  }),
});
type Message = z.infer<typeof Ended>['message'];
type Part = { readonly text?: string | undefined; readonly thinking?: string | undefined };

const Retry = z.looseObject({
  attempt: z.number(),
  maxAttempts: z.number(),
  delayMs: z.number(),
  errorMessage: z.string(),
});
const Compaction = z.looseObject({ reason: z.string(), errorMessage: z.string().optional() });
const ExtensionError = z.looseObject({ extensionPath: z.string(), event: z.string(), error: z.string() });

export interface PiTotals {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly costUsd: number;
}

export class PiEvents {
  readonly #listener: AgentListener;
  readonly #joiner: ChunkJoiner;
  readonly #progressAt = new Map<string, number>();
  #totals: PiTotals;
  #spoken = false;
  /** Of the last message of the model: why its turn failed, and its text. */
  #error: string | undefined;
  #lastText = '';

  constructor(listener: AgentListener, totals: PiTotals) {
    this.#listener = listener;
    this.#joiner = new ChunkJoiner(listener);
    this.#totals = totals;
  }

  /** Why the turn that ends now failed, if it did. */
  get error(): string | undefined {
    return this.#error;
  }

  get lastText(): string {
    return this.#lastText;
  }

  /** Stores what was said of a message that will not end any more. */
  flush(): void {
    this.#joiner.flush();
  }

  take(record: PiRecord): void {
    switch (record.type) {
      case 'message_update':
        return this.#onDelta(record);
      case 'message_end':
        return read(Ended, record, ({ message }) => {
          if (message.role === 'assistant') this.#onMessage(message);
        });
      case 'tool_execution_start':
        return read(ToolStart, record, (start) => this.#listener.update(toolCall(start)));
      case 'tool_execution_update':
        return read(ToolProgress, record, (progress) => this.#onProgress(progress));
      case 'tool_execution_end':
        return read(ToolEnd, record, (end) => {
          this.#progressAt.delete(end.toolCallId);
          this.#listener.update(toolEnd(end));
        });
      case 'auto_retry_start':
        return read(Retry, record, ({ attempt, maxAttempts, delayMs, errorMessage }) =>
          this.#listener.notice(
            'warn',
            `pi tries again in ${Math.round(delayMs / 1000)} s (${attempt} of ${maxAttempts}): ${errorMessage}`,
          ),
        );
      case 'compaction_start':
        return read(Compaction, record, ({ reason }) =>
          this.#listener.notice('info', `pi summarizes its conversation to make room (${reason}).`),
        );
      case 'compaction_end':
        return read(Compaction, record, ({ errorMessage }) => {
          if (errorMessage !== undefined) this.#listener.notice('warn', `pi could not summarize: ${errorMessage}`);
        });
      case 'extension_error':
        return read(ExtensionError, record, ({ extensionPath, event, error }) =>
          this.#listener.notice('warn', `An extension of pi failed at ${event} (${extensionPath}): ${error}`),
        );
      default:
    }
  }

  #onDelta(record: PiRecord): void {
    read(Delta, record, ({ assistantMessageEvent: { type, delta } }) => {
      if (delta === undefined || delta === '') return;
      if (type === 'text_delta') this.#say('agent_message_chunk', delta);
      else if (type === 'thinking_delta') this.#say('agent_thought_chunk', delta);
    });
  }

  #say(kind: 'agent_message_chunk' | 'agent_thought_chunk', text: string): void {
    this.#spoken = true;
    this.#joiner.push(textChunk(kind, text));
  }

  #onMessage(message: Message): void {
    const parts: readonly Part[] = typeof message.content === 'string' ? [{ text: message.content }] : message.content;
    // A provider that does not stream brings its text only here.
    if (!this.#spoken) {
      for (const { text, thinking } of parts) {
        if (thinking !== undefined && thinking !== '') this.#say('agent_thought_chunk', thinking);
        if (text !== undefined && text !== '') this.#say('agent_message_chunk', text);
      }
    }
    this.#joiner.flush();
    this.#spoken = false;
    this.#error = message.stopReason === 'error' ? (message.errorMessage ?? 'the model failed') : undefined;
    this.#lastText = parts.map(({ text }) => text ?? '').join('');
    if (message.usage !== undefined) this.#count(message.usage);
  }

  #onProgress(progress: z.infer<typeof ToolProgress>): void {
    const now = Date.now();
    if (now - (this.#progressAt.get(progress.toolCallId) ?? 0) < PROGRESS_EVERY_MS) return;
    this.#progressAt.set(progress.toolCallId, now);
    this.#listener.delta(toolProgress(progress));
  }

  #count({ input, output, cacheRead, cost }: z.infer<typeof PiUsage>): void {
    this.#totals = {
      inputTokens: this.#totals.inputTokens + input,
      outputTokens: this.#totals.outputTokens + output,
      cachedTokens: this.#totals.cachedTokens + cacheRead,
      costUsd: this.#totals.costUsd + cost.total,
    };
    this.#listener.usage({ ...this.#totals } satisfies Usage);
  }
}

/** A record of an unexpected shape is another version's: passed over, never fatal. */
function read<S extends z.ZodType>(schema: S, record: PiRecord, then: (value: z.output<S>) => void): void {
  const parsed = schema.safeParse(record);
  if (parsed.success) then(parsed.data);
}
