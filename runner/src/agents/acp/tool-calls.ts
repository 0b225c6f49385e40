/** The tool calls that an agent has announced and not finished: a permission request names one by id and says little else. */
import { z } from 'zod';

/** What we read of a tool call; agents fill in what they have. */
export const ToolCallFields = z.looseObject({
  toolCallId: z.string(),
  title: z.string().nullish(),
  name: z.string().nullish(),
  kind: z.string().nullish(),
  status: z.string().nullish(),
  content: z.array(z.unknown()).nullish(),
  rawInput: z.unknown().optional(),
});
export type ToolCallFields = z.infer<typeof ToolCallFields>;

const FINISHED = new Set(['completed', 'failed', 'cancelled']);
/** Bounds the memory for agents that never finish their calls. */
const REMEMBERED = 256;

export class ToolCalls {
  readonly #open = new Map<string, ToolCallFields>();

  /** Takes a tool_call or tool_call_update in; returns whether the call is over. */
  note(update: unknown): boolean {
    const parsed = ToolCallFields.safeParse(update);
    if (!parsed.success) return false;
    const { toolCallId, status } = parsed.data;
    if (typeof status === 'string' && FINISHED.has(status)) {
      this.#open.delete(toolCallId);
      return true;
    }
    this.#open.set(toolCallId, this.describe(parsed.data));
    const oldest = this.#open.keys().next();
    if (this.#open.size > REMEMBERED && oldest.done !== true) this.#open.delete(oldest.value);
    return false;
  }

  /** As the agent announced it. */
  announced(toolCallId: string): ToolCallFields | undefined {
    return this.#open.get(toolCallId);
  }

  /** The call as known so far, with what `fields` say anew. */
  describe(fields: ToolCallFields): ToolCallFields {
    const known = this.announced(fields.toolCallId);
    if (known === undefined) return fields;
    const said = Object.fromEntries(
      Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
    );
    return { ...known, ...said, toolCallId: fields.toolCallId };
  }

  clear(): void {
    this.#open.clear();
  }
}
