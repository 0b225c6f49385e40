/** Whether a tool call that an agent wants permission for is one of ours. Each agent writes an MCP tool in its own way. */
import type { ToolCallFields } from './tool-calls.ts';

/** Name under which the agents see our MCP server, and so a part of the tools' names in transcripts. */
export const MCP_SERVER_NAME = 'treeline';

/**
 * Compares whole names, never parts of them: a shell command that only mentions a tool of ours is not ours. What the agent
 * itself writes about the call (title, name) decides; the arguments come from the model and do not.
 */
export function isOwnToolCall(call: ToolCallFields, toolNames: ReadonlySet<string>): boolean {
  const written = [call.name, call.title].filter((text) => typeof text === 'string');
  return written.some((text) => {
    const tool = toolOfServer(text.trim());
    return tool !== undefined && toolNames.has(tool);
  });
}

const S = MCP_SERVER_NAME;
const FORMS = [
  /** mcp__S__tool (claude), mcp_S_tool (gemini), S_tool (opencode), S-tool (copilot), mcp.S.tool and S/tool (codex) */
  new RegExp(`^(?:Tool: )?(?:mcp(?:__|_|\\.|/))?${S}(?:__|_|-|\\.|/)([a-z_]+)$`),
  /** tool (S MCP Server) */
  new RegExp(`^([a-z_]+) \\(${S}(?: MCP Server)?\\)$`),
];

function toolOfServer(text: string): string | undefined {
  for (const form of FORMS) {
    const tool = form.exec(text)?.[1];
    if (tool !== undefined) return tool;
  }
  return undefined;
}
