import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { ErrorCode, newId } from '@treeline/shared';
import { afterEach, expect, test } from 'vitest';
import { createClient } from './client.ts';
import { RelayProblem, RelayUnreachable } from './problems.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

function answering(
  status: number,
  body: unknown,
): { listener: RequestListener; seen: { request: IncomingMessage; body: string }[] } {
  const seen: { request: IncomingMessage; body: string }[] = [];
  const listener: RequestListener = (request, response) => {
    void text(request).then((sent) => {
      seen.push({ request, body: sent });
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  };
  return { listener, seen };
}

test('a request has the path, query, body and key that its endpoint declares', async () => {
  const id = newId('session');
  const { listener, seen } = answering(201, { messageId: 'msg', position: 3 });
  const client = createClient({ url: await serve(listener), key: 'tl_key' });
  expect(await client.sendMessage({ params: { id }, body: { text: 'hi' } })).toEqual({ messageId: 'msg', position: 3 });
  const [sent] = seen;
  expect(sent?.request.method).toBe('POST');
  expect(sent?.request.url).toBe(`/api/v1/sessions/${id}/inbox`);
  expect(sent?.request.headers.authorization).toBe('Bearer tl_key');
  expect(JSON.parse(sent?.body ?? '')).toEqual({ text: 'hi' });
});

test('a query leaves out what is undefined, and a base URL may have a path', async () => {
  const { listener, seen } = answering(200, { triggers: [] });
  const client = createClient({ url: `${await serve(listener)}/below/` });
  await client.listTriggers({ query: { state: 'open', after: undefined, limit: 7 } });
  expect(seen[0]?.request.url).toBe('/below/api/v1/triggers?state=open&limit=7');
  expect(seen[0]?.request.headers.authorization).toBeUndefined();
});

test('a problem of the relay comes with its code, hint and request id', async () => {
  const error = { code: 'already_answered', message: 'ada was first', hint: 'too late', requestId: 'req_1' };
  const client = createClient({ url: await serve(answering(409, { error }).listener) });
  const thrown = await client.listRunners().catch((caught: unknown) => caught);
  expect(thrown).toBeInstanceOf(RelayProblem);
  expect(thrown).toMatchObject({
    code: 'already_answered',
    message: 'ada was first',
    hint: 'too late',
    requestId: 'req_1',
  });
});

test('what a proxy says instead of the relay becomes a problem of the catalogue', async () => {
  const client = createClient({ url: await serve(answering(503, '<html>').listener) });
  const thrown = await client.listRunners().catch((caught: unknown) => caught);
  expect(ErrorCode.parse((thrown as { code: unknown }).code)).toBe('unavailable');
});

test('an answer of another shape is refused, not passed on', async () => {
  const client = createClient({ url: await serve(answering(200, { runners: [{ id: 'x' }] }).listener) });
  await expect(client.listRunners()).rejects.toMatchObject({ code: 'protocol_version' });
});

test('a relay that is not there is named by its URL and the cause', async () => {
  const url = await serve(answering(200, {}).listener);
  await new Promise((resolve) => server?.close(resolve));
  const thrown = await createClient({ url })
    .whoAmI()
    .catch((caught: unknown) => caught);
  expect(thrown).toBeInstanceOf(RelayUnreachable);
  expect(String(thrown)).toContain(`${url}: connection refused`);
});

test('a relay that does not answer in time is unreachable', async () => {
  const client = createClient({ url: await serve(() => undefined), timeoutMs: 50 });
  await expect(client.whoAmI()).rejects.toThrow(/no answer within 0.05 s/);
});

test('a key is not sent on to where a redirect points', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(302, { location: 'http://127.0.0.1:1/' });
    response.end();
  });
  await expect(createClient({ url, key: 'tl_key' }).whoAmI()).rejects.toBeInstanceOf(RelayUnreachable);
});
