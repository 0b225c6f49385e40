/** Our tools in MCP's words. */
import type * as mcp from '@modelcontextprotocol/server';
import type { ToolHost } from '../agent.ts';
import { MCP_SERVER_NAME } from './own-tools.ts';

/** Some agents end a call that shows no sign of life after 60 s. */
const PROGRESS_EVERY_MS = 10_000;
/** Shorter than the shortest limit of an agent for one call (200-300 s, with progress). */
const TOOL_PATIENCE_MS = 180_000;

/** The calls that wait for a result, so that they can be dropped together when the turn is cancelled. */
export class PendingCalls {
  readonly #controllers = new Set<AbortController>();

  drop(): void {
    for (const controller of this.#controllers) controller.abort();
  }

  async run<T>(signals: readonly AbortSignal[], work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.#controllers.add(controller);
    try {
      return await work(AbortSignal.any([controller.signal, ...signals]));
    } finally {
      this.#controllers.delete(controller);
    }
  }
}

export interface ToolServerOptions {
  readonly tools: ToolHost;
  readonly pending: PendingCalls;
  readonly progressEveryMs?: number | undefined;
}

/** One server for one MCP client; all share the tools and the pending calls. */
export function createToolServer(sdk: typeof mcp, { tools, pending, progressEveryMs }: ToolServerOptions): mcp.Server {
  const server = new sdk.Server(
    { name: MCP_SERVER_NAME, title: 'Treeline', version: '1' },
    { capabilities: { tools: {} } },
  );
  server.setRequestHandler('tools/list', () => ({
    tools: tools.definitions.map(({ name, description, inputSchema }) => ({
      name,
      description,
      inputSchema: { ...inputSchema, type: 'object' as const },
      // Without it Claude hides the tools behind its tool search.
      _meta: { 'anthropic/alwaysLoad': true },
    })),
  }));
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    const gone = context.http?.req?.signal;
    const signals = gone === undefined ? [context.mcpReq.signal] : [context.mcpReq.signal, gone];
    const stop = showProgress(context, progressEveryMs ?? PROGRESS_EVERY_MS);
    try {
      const result = await pending.run(signals, (signal) =>
        tools.call(params.name, params.arguments ?? {}, { signal, patienceMs: TOOL_PATIENCE_MS }),
      );
      return { content: [{ type: 'text' as const, text: result.text }], isError: result.isError };
    } finally {
      stop();
    }
  });
  return server;
}

function showProgress(context: mcp.ServerContext, everyMs: number): () => void {
  const progressToken = context.mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => undefined;
  let progress = 0;
  const timer = setInterval(() => {
    progress += 1;
    const params = { progressToken, progress, message: 'waiting' };
    // A client that left is seen by its closed connection.
    context.mcpReq.notify({ method: 'notifications/progress', params }).catch(() => clearInterval(timer));
  }, everyMs);
  return () => clearInterval(timer);
}
