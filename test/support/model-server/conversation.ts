/** A request to any model API, reduced to what the script needs, and the answer before it is put into that API's words. */

export type Entry =
  | { readonly kind: 'user'; readonly text: string }
  | { readonly kind: 'assistant'; readonly callsTool: boolean }
  | { readonly kind: 'result'; readonly text: string };

/** A tool as the agent offers it; `namespace` where the API groups tools. */
export interface OfferedTool {
  readonly name: string;
  readonly namespace?: string;
}

export interface Conversation {
  readonly model: string;
  readonly stream: boolean;
  /** Instructions that stand before the conversation. */
  readonly system: string;
  readonly entries: readonly Entry[];
  readonly tools: readonly OfferedTool[];
  /** The answer must be JSON of this schema: a side question of the agent's own. */
  readonly schema?: unknown;
}

export interface Reply {
  readonly think?: string;
  readonly text?: string;
  readonly tool?: { readonly offered: OfferedTool; readonly args: unknown };
  readonly delayMs: number;
  readonly pauseMs: number;
  readonly failure?: { readonly status: number; readonly times: number };
}

/** One server-sent event of a streamed answer. */
export interface StreamEvent {
  readonly event?: string;
  readonly data: unknown;
  /** Whether it is a piece of text, before which `pauseMs` passes. */
  readonly piece?: boolean;
}

/** One model API: an adapter that only translates. */
export interface Dialect {
  readonly name: string;
  read(body: unknown, path: string): Conversation;
  stream(reply: Reply, request: Conversation): Iterable<StreamEvent>;
  /** The answer to a request that did not ask for a stream. */
  whole(reply: Reply, request: Conversation): unknown;
}

/** Fixed numbers, so that tests can expect them. */
export const USAGE = { input: 11, output: 7 } as const;

/** Cuts a text into about four pieces, as a model streams it. Never inside a surrogate pair. */
export function pieces(text: string): string[] {
  const characters = Array.from(text);
  const size = Math.max(1, Math.ceil(characters.length / 4));
  const cut: string[] = [];
  for (let i = 0; i < characters.length; i += size) cut.push(characters.slice(i, i + size).join(''));
  return cut;
}

/** Neighbouring assistant entries are one message in some APIs and several in others: one here. */
export function joinAssistants(entries: readonly Entry[]): Entry[] {
  const joined: Entry[] = [];
  for (const entry of entries) {
    const last = joined.at(-1);
    if (entry.kind === 'assistant' && last?.kind === 'assistant')
      joined[joined.length - 1] = { kind: 'assistant', callsTool: last.callsTool || entry.callsTool };
    else joined.push(entry);
  }
  return joined;
}
