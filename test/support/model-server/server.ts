/** A model for tests: a real HTTP server on loopback that speaks the model APIs and plays the script in the prompt. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { USAGE, type Conversation, type Dialect, type Reply } from './conversation.ts';
import { anthropic } from './anthropic.ts';
import { gemini } from './gemini.ts';
import { openAiChat } from './openai-chat.ts';
import { openAiResponses } from './openai-responses.ts';
import { nextReply } from './play.ts';

export const MODEL_ID = 'scripted';

/** A request as the model saw it, for assertions. */
export interface SeenRequest {
  readonly dialect: string;
  readonly model: string;
  readonly system: string;
  /** Names of the tools that the agent offered. */
  readonly tools: readonly string[];
  /** The last text that the model was shown: a message or a tool's result. */
  readonly last: string;
  readonly reply: Reply;
}

export interface ModelServer {
  /** `http://127.0.0.1:<port>`, without a path; OpenAI clients want `${url}/v1`. */
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Requests that could not be read, and why. Empty in a good test. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

const dialects: readonly (readonly [path: RegExp, dialect: Dialect])[] = [
  [/\/chat\/completions$/, openAiChat],
  [/\/responses$/, openAiResponses],
  [/\/messages$/, anthropic],
  [/:(streamGenerateContent|generateContent)$/, gemini],
];

export async function startModelServer(): Promise<ModelServer> {
  const requests: SeenRequest[] = [];
  const problems: string[] = [];
  const failed = new Map<string, number>();

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      // An agent that was interrupted hangs up; that is no problem of the request.
      if (response.destroyed) return;
      problems.push(`${request.method} ${request.url}: ${String(error)}`);
      sendJson(response, 400, { error: { type: 'invalid_request_error', message: String(error) } });
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://model').pathname;
    const body = await readBody(request);
    if (request.method === 'GET' && path.endsWith('/models')) return sendJson(response, 200, models);
    const count = request.method === 'POST' ? counts.find(([pattern]) => pattern.test(path))?.[1] : undefined;
    if (count !== undefined) return sendJson(response, 200, count);
    const dialect = dialects.find(([pattern]) => pattern.test(path))?.[1];
    if (request.method !== 'POST' || dialect === undefined) {
      problems.push(`${request.method} ${path}: not known here`);
      return sendJson(response, 404, { error: { type: 'not_found_error', message: `${path} is not known here` } });
    }
    const conversation = dialect.read(JSON.parse(body), path);
    const reply = nextReply(conversation);
    requests.push(seen(dialect, conversation, reply));
    if (reply.failure !== undefined && countFailure(failed, body) <= reply.failure.times)
      return sendJson(response, reply.failure.status, { error: { type: 'scripted', message: 'a scripted failure' } });
    await answer({ response, dialect, conversation, reply });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    problems,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface Exchange {
  readonly response: ServerResponse;
  readonly dialect: Dialect;
  readonly conversation: Conversation;
  readonly reply: Reply;
}

async function answer({ response, dialect, conversation, reply }: Exchange): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const wait = (ms: number) => (ms > 0 ? sleep(ms, undefined, { signal: gone.signal }) : undefined);
  if (!conversation.stream) {
    await wait(reply.delayMs);
    return sendJson(response, 200, dialect.whole(reply, conversation));
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.flushHeaders();
  await wait(reply.delayMs);
  for (const { event, data, piece } of dialect.stream(reply, conversation)) {
    if (piece === true) await wait(reply.pauseMs);
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    response.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${text}\n\n`);
  }
  response.end();
}

function seen(dialect: Dialect, conversation: Conversation, reply: Reply): SeenRequest {
  const last = conversation.entries.flatMap((entry) => (entry.kind === 'assistant' ? [] : [entry.text])).at(-1);
  return {
    dialect: dialect.name,
    model: conversation.model,
    system: conversation.system,
    tools: conversation.tools.map((tool) => tool.name),
    last: last ?? '',
    reply,
  };
}

/** How often exactly this request has been failed, this time included: a retry is the same request. */
function countFailure(failed: Map<string, number>, body: string): number {
  const key = createHash('sha256').update(body).digest('hex');
  const count = (failed.get(key) ?? 0) + 1;
  failed.set(key, count);
  return count;
}

/** How many tokens a request would take: a fixed number. */
const counts: readonly (readonly [path: RegExp, answer: unknown])[] = [
  [/\/messages\/count_tokens$/, { input_tokens: USAGE.input }],
  [/:countTokens$/, { totalTokens: USAGE.input }],
];

/** In the words of OpenAI, Anthropic and Gemini at once. */
const models = {
  object: 'list',
  data: [{ id: MODEL_ID, type: 'model', object: 'model', display_name: MODEL_ID, created: 0, owned_by: 'test' }],
  has_more: false,
  models: [],
};

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
