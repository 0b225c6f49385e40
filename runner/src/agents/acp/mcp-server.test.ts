import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestTools, until } from '../agent.contract-support.ts';
import { lastMessage, open } from './mcp-client.fixture.mjs';
import { startMcpServer, type McpServer } from './mcp-server.ts';

let tools: TestTools;
let server: McpServer;
beforeEach(async () => {
  tools = new TestTools();
  server = await startMcpServer(tools, { progressEveryMs: 20 });
});
afterEach(() => server.close());

const call = (id: number, more: object = {}) => ({
  id,
  method: 'tools/call',
  params: { name: 'ask_user_question', arguments: { question: 'q' }, ...more },
});
const ping = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
const bearer = () => server.entry.headers[0]?.value ?? '';

describe('the MCP server', () => {
  it('answers a tool call with what the host answers', async () => {
    const client = await open(server.entry);
    const response = client.send(call(1));
    (await tools.nextCall()).answer({ text: 'oak', isError: false });
    expect(await lastMessage(await response)).toMatchObject({
      id: 1,
      result: { content: [{ type: 'text', text: 'oak' }], isError: false },
    });
  });

  it('shows signs of life while a call waits', async () => {
    const client = await open(server.entry);
    const response = await client.send(call(1, { _meta: { progressToken: 'p' } }));
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    while (!/"progress":2/.test(seen)) seen += (await reader?.read())?.value ?? '';
    expect(seen).toContain('"progressToken":"p"');
    (await tools.nextCall()).answer({ text: 'oak', isError: false });
    await reader?.cancel();
  });

  it('serves the revision of 2026 as well, which has no sessions', async () => {
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'odd', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const response = fetch(server.entry.url, {
      method: 'POST',
      headers: {
        authorization: bearer(),
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'ask_user_question',
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...call(1, { _meta: meta }) }),
    });
    (await tools.nextCall()).answer({ text: 'elm', isError: false });
    expect(await lastMessage(await response)).toMatchObject({ result: { content: [{ text: 'elm' }] } });
  });

  it('aborts the call that the client cancels, and no other one of the same number', async () => {
    const [one, other] = [await open(server.entry), await open(server.entry)];
    const responses = [one.send(call(7))];
    const first = await tools.nextCall();
    responses.push(other.send(call(7)));
    const second = await tools.nextCall();
    await one.send({ method: 'notifications/cancelled', params: { requestId: 7, reason: 'stop' } });
    await until('the first is aborted', () => first.signal.aborted);
    expect(second.signal.aborted).toBe(false);
    second.answer({ text: 'oak', isError: false });
    await Promise.all(responses);
  });

  it('aborts the calls of a client that leaves', async () => {
    const client = await open(server.entry);
    const leaving = new AbortController();
    const left = client.send(call(1), leaving.signal).then(
      (response) => response.text().catch(() => 'gone'),
      () => 'gone',
    );
    const pending = await tools.nextCall();
    leaving.abort();
    await until('the call is aborted', () => pending.signal.aborted);
    expect(await left).toBe('gone');
  });

  it('drops every call that waits when the turn is cancelled', async () => {
    const client = await open(server.entry);
    const response = client.send(call(1));
    const pending = await tools.nextCall();
    server.dropCalls();
    expect(pending.signal.aborted).toBe(true);
    expect(await lastMessage(await response)).toMatchObject({ result: { isError: true } });
    const next = client.send(call(2));
    (await tools.nextCall()).answer({ text: 'oak', isError: false });
    expect(await lastMessage(await next)).toMatchObject({ result: { isError: false } });
  });

  it('asks a client whose session it does not know to begin anew', async () => {
    const client = await open(server.entry);
    await client.end();
    expect((await client.send(call(1))).status).toBe(404);
  });

  it.each([
    ['no secret', {}, 401],
    ['a wrong secret', { authorization: 'Bearer x' }, 401],
    ['a web page of another origin', { authorization: 'own', origin: 'http://evil.example' }, 403],
    ['a name that was bent to loopback', { authorization: 'own', host: 'evil.example' }, 403],
  ])('refuses %s', async (_who, headers, status) => {
    expect(await send({ headers })).toBe(status);
    expect(tools.calls).toBe(0);
  });

  it('refuses another path, another method and a body that is too large', async () => {
    expect(await send({ headers: { authorization: 'own' }, path: '/mcp' })).toBe(401);
    expect(await send({ headers: { authorization: 'own' }, method: 'PUT' })).toBe(405);
    expect(await send({ headers: { authorization: 'own' }, body: `"${'x'.repeat(1_100_000)}"` })).toBe(413);
    const chunked = { authorization: 'own', 'transfer-encoding': 'chunked' };
    expect(await send({ headers: chunked, body: `"${'x'.repeat(1_100_000)}"` })).toBe(413);
    expect(await send({ headers: { authorization: 'own' }, body: '{' })).toBe(400);
    await open(server.entry);
  });

  it('listens on loopback only, and to nobody once it is closed', async () => {
    expect(new URL(server.entry.url).hostname).toBe('127.0.0.1');
    await server.close();
    await expect(fetch(server.entry.url)).rejects.toThrow('fetch failed');
  });
});

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly method?: string;
  readonly body?: string;
}

/** Not fetch, which sets Host by itself. `own`: the right secret. */
function send({ headers, path, method = 'POST', body = ping }: Sent): Promise<number> {
  const { hostname, port, pathname } = new URL(server.entry.url);
  const authorization = headers['authorization'] === 'own' ? bearer() : headers['authorization'];
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      hostname,
      port,
      path: path ?? pathname,
      method,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
        ...(authorization !== undefined && { authorization }),
      },
    });
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject);
    request.end(body);
  });
}
