/**
 * The extension that gives pi the tools of Treeline. It runs inside pi, so it may use nothing from outside its own
 * function; each call travels over pi's own stdio as an input dialog, which the adapter recognises by its title.
 */
import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ToolDefinition, ToolResult } from '../agent.ts';

/** Title of the dialogs that are tool calls. */
export const TOOL_DIALOG = 'treeline:tool_call';

/** What such a dialog asks, as JSON in its placeholder. Answered with a ToolResult as JSON. */
export const ToolCall = z.object({ toolCallId: z.string(), name: z.string(), args: z.unknown() });
export type ToolCall = z.infer<typeof ToolCall>;

/** What the extension uses of pi's extension API; the same in 0.7x and 0.8x. */
interface Pi {
  registerTool(tool: {
    name: string;
    label: string;
    description: string;
    parameters: Readonly<Record<string, unknown>>;
    execute(
      toolCallId: string,
      args: unknown,
      signal: AbortSignal | undefined,
      onUpdate: unknown,
      context: PiContext,
    ): Promise<{ content: { type: 'text'; text: string }[]; details: unknown }>;
  }): void;
}

interface PiContext {
  readonly ui: {
    input(
      title: string,
      placeholder: string,
      options: { signal?: AbortSignal | undefined },
    ): Promise<string | undefined>;
  };
}

function extension(pi: Pi, definitions: readonly ToolDefinition[], dialog: string): void {
  for (const { name, description, inputSchema } of definitions) {
    pi.registerTool({
      name,
      label: name,
      description,
      parameters: inputSchema,
      async execute(toolCallId, args, signal, _onUpdate, context) {
        const answer = await context.ui.input(dialog, JSON.stringify({ toolCallId, name, args }), { signal });
        if (answer === undefined) throw new Error('The call was interrupted.');
        const result = JSON.parse(answer) as ToolResult;
        if (result.isError) throw new Error(result.text);
        return { content: [{ type: 'text', text: result.text }], details: {} };
      },
    });
  }
}

/** Writes the extension for these tools. */
export async function writeExtension(path: string, definitions: readonly ToolDefinition[]): Promise<void> {
  const source = `export default (pi) => (${extension.toString()})(pi, ${JSON.stringify(definitions)}, ${JSON.stringify(TOOL_DIALOG)});\n`;
  await writeFile(path, source, { mode: 0o600 });
}
