/** Offers our tools to an ACP agent as an MCP server over HTTP on loopback. */
import { randomUUID } from 'node:crypto';
import { LIMITS } from '@treeline/shared';
import type * as mcp from '@modelcontextprotocol/server';
import type { ToolHost } from '../agent.ts';
import { serveLoopback } from './mcp-http.ts';
import { createToolServer, PendingCalls } from './mcp-tools.ts';
import { MCP_SERVER_NAME } from './own-tools.ts';

export interface McpServer {
  /** As session/new wants it; holds the secret. */
  readonly entry: {
    readonly type: 'http';
    readonly name: string;
    readonly url: string;
    readonly headers: { readonly name: string; readonly value: string }[];
  };
  /** Aborts every call that waits: some agents cancel a turn without telling the server. */
  dropCalls(): void;
  close(): Promise<void>;
}

/** An agent opens one client, sometimes one per subagent. */
const MAX_CLIENTS = 32;

export async function startMcpServer(
  tools: ToolHost,
  times: { readonly progressEveryMs?: number } = {},
): Promise<McpServer> {
  // Costs 26 MB: only workers that drive an ACP agent load it.
  const sdk: typeof mcp = await import('@modelcontextprotocol/server');
  const pending = new PendingCalls();
  const create = () => createToolServer(sdk, { tools, pending, progressEveryMs: times.progressEveryMs });
  const sessions = new Sessions(sdk, create);
  const current = sdk.createMcpHandler(create, {
    legacy: 'reject',
    responseMode: 'sse',
    keepAliveMs: 10_000,
    maxRequestBodySize: LIMITS.packetBytes,
  });
  const loopback = await serveLoopback(async (request) =>
    (await sdk.isLegacyRequest(request, undefined, { maxRequestBodySize: LIMITS.packetBytes }))
      ? sessions.handle(request)
      : current.fetch(request),
  );
  return {
    entry: {
      type: 'http',
      name: MCP_SERVER_NAME,
      url: loopback.url,
      headers: [{ name: 'Authorization', value: `Bearer ${loopback.bearer}` }],
    },
    dropCalls: () => pending.drop(),
    async close() {
      pending.drop();
      await Promise.all([sessions.close(), current.close()]);
      await loopback.close();
    },
  };
}

/** Clients of the 2025 revisions: one transport each, so that a cancel names the right call. */
class Sessions {
  readonly #sdk: typeof mcp;
  readonly #create: () => mcp.Server;
  readonly #transports = new Map<string, mcp.WebStandardStreamableHTTPServerTransport>();

  constructor(sdk: typeof mcp, create: () => mcp.Server) {
    this.#sdk = sdk;
    this.#create = create;
  }

  async handle(request: Request): Promise<Response> {
    const id = request.headers.get('mcp-session-id');
    if (id === null) return this.#open(request);
    const transport = this.#transports.get(id);
    // The client begins anew on 404, as the specification says.
    return transport === undefined ? new Response(null, { status: 404 }) : transport.handleRequest(request);
  }

  async #open(request: Request): Promise<Response> {
    const oldest = this.#transports.values().next();
    if (this.#transports.size >= MAX_CLIENTS && oldest.done !== true) await oldest.value.close();
    const transport = new this.#sdk.WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void this.#transports.set(id, transport),
      keepAliveMs: 10_000,
      maxRequestBodySize: LIMITS.packetBytes,
    });
    const server = this.#create();
    server.onclose = () => {
      if (transport.sessionId !== undefined) this.#transports.delete(transport.sessionId);
    };
    await server.connect(transport);
    return transport.handleRequest(request);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#transports.values()].map((transport) => transport.close()));
  }
}
