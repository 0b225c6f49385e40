interface McpEntry {
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

export function open(server: McpEntry): Promise<{
  send(message: object, signal?: AbortSignal): Promise<Response>;
  end(): Promise<Response>;
}>;
export function listTools(server: McpEntry): Promise<unknown>;
export function callTool(server: McpEntry, name: string, args: unknown): Promise<unknown>;
export function lastMessage(response: Response): Promise<unknown>;
