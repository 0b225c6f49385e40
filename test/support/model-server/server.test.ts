import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { script, type Step } from './script.ts';
import { MODEL_ID, startModelServer, type ModelServer } from './server.ts';

let server: ModelServer;

beforeEach(async () => {
  server = await startModelServer();
});
afterEach(() => server.close());

function post(path: string, body: unknown): Promise<Response> {
  return fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** The data of each server-sent event. */
async function events(response: Response): Promise<unknown[]> {
  const text = await response.text();
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)) as unknown);
}

/** How each API says: a prompt, a call and its result; and where its answer has text and calls. */
const apis = [
  {
    api: 'openai-chat',
    path: '/v1/chat/completions',
    ask: (prompt: string, called: boolean) => ({
      model: 'm',
      stream: true,
      tools: [{ type: 'function', function: { name: 'look' } }],
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: [{ type: 'text', text: prompt }] },
        ...(called
          ? [
              {
                role: 'assistant',
                content: null,
                tool_calls: [{ id: '1', function: { name: 'look', arguments: '{}' } }],
              },
              { role: 'tool', tool_call_id: '1', content: 'a larch' },
            ]
          : []),
      ],
    }),
    deltas: /"content":"([^"]+)"/g,
    call: '"name":"look","arguments":"{\\"at\\":1}"',
  },
  {
    api: 'openai-responses',
    path: '/v1/responses',
    ask: (prompt: string, called: boolean) => ({
      model: 'm',
      stream: true,
      instructions: 'be brief',
      tools: [{ type: 'namespace', name: 'mcp__trees__', tools: [{ type: 'function', name: 'look' }] }],
      input: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: prompt }] },
        ...(called
          ? [
              { type: 'reasoning', summary: [] },
              { type: 'function_call', call_id: '1', name: 'look', arguments: '{}' },
              { type: 'function_call_output', call_id: '1', output: 'a larch' },
            ]
          : []),
      ],
    }),
    deltas: /output_text\.delta".*?"delta":"([^"]+)"/g,
    call: '"name":"look","namespace":"mcp__trees__","arguments":"{\\"at\\":1}"',
  },
  {
    api: 'anthropic',
    path: '/v1/messages',
    ask: (prompt: string, called: boolean) => ({
      model: 'm',
      stream: true,
      system: [{ type: 'text', text: 'be brief' }],
      tools: [{ name: 'look' }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: prompt }] },
        ...(called
          ? [
              { role: 'assistant', content: [{ type: 'tool_use', id: '1', name: 'look', input: {} }] },
              {
                role: 'user',
                content: [{ type: 'tool_result', tool_use_id: '1', content: [{ type: 'text', text: 'a larch' }] }],
              },
            ]
          : []),
      ],
    }),
    deltas: /text_delta","text":"([^"]+)"/g,
    call: '"partial_json":"{\\"at\\":1}"',
  },
  {
    api: 'gemini',
    path: '/v1beta/models/m:streamGenerateContent?alt=sse',
    ask: (prompt: string, called: boolean) => ({
      systemInstruction: { parts: [{ text: 'be brief' }] },
      tools: [{ functionDeclarations: [{ name: 'look' }] }],
      contents: [
        { role: 'user', parts: [{ text: prompt }] },
        ...(called
          ? [
              { role: 'model', parts: [{ functionCall: { name: 'look', args: {} } }] },
              { role: 'user', parts: [{ functionResponse: { name: 'look', response: { output: 'a larch' } } }] },
            ]
          : []),
      ],
    }),
    deltas: /"parts":\[\{"text":"([^"]+)"/g,
    call: '"functionCall":{"name":"look","args":{"at":1}}',
  },
];

describe.each(apis)('$api', ({ api, path, ask, deltas, call }) => {
  const prompt = script([{ think: 'where?', tool: 'look', args: { at: 1 } }, { text: 'it is a larch' }]);

  test('a step with a tool is a call, and the step after its result is streamed text', async () => {
    const first = JSON.stringify(await events(await post(path, ask(prompt, false))));
    expect(first).toContain(call);
    expect(first).toContain('wh"');

    const second = JSON.stringify(await events(await post(path, ask(prompt, true))));
    const said = [...second.matchAll(deltas)].map(([, piece]) => piece);
    expect(said.length).toBeGreaterThan(1);
    expect(said.join('')).toBe('it is a larch');
    expect(server.problems).toEqual([]);
  });

  test('the server tells what the model was shown', async () => {
    await post(path, ask(prompt, true));
    expect(server.requests).toMatchObject([{ dialect: api, model: 'm', tools: ['look'], system: 'be brief' }]);
    expect(server.requests[0]?.last).toContain('a larch');
  });
});

const chat = (steps: Step[], more = {}) =>
  post('/v1/chat/completions', {
    model: 'm',
    messages: [{ role: 'user', content: script(steps) }],
    tools: [{ type: 'function', function: { name: 'look' } }],
    ...more,
  });

test('a request that does not stream gets its answer whole', async () => {
  const answer = await (await chat([{ text: 'whole' }])).json();
  expect(answer).toMatchObject({
    choices: [{ message: { content: 'whole' }, finish_reason: 'stop' }],
    usage: { total_tokens: 18 },
  });
});

test('a failure is repeated as often as the script says, and a retry then succeeds', async () => {
  const step = { status: 529, times: 2, text: 'at last' };
  expect((await chat([step])).status).toBe(529);
  expect((await chat([step])).status).toBe(529);
  expect((await chat([step])).status).toBe(200);
  expect((await chat([{ status: 400 }])).status).toBe(400);
});

test('models and token counts are there for clients that ask', async () => {
  expect(await (await fetch(`${server.url}/v1/models`)).json()).toMatchObject({ data: [{ id: MODEL_ID }] });
  expect(await (await post('/v1/messages/count_tokens', {})).json()).toEqual({ input_tokens: 11 });
  expect(await (await post('/v1beta/models/m:countTokens', {})).json()).toEqual({ totalTokens: 11 });
  expect(server.problems).toEqual([]);
});

test('what cannot be read is refused, told, and does not stop the server', async () => {
  expect((await post('/v1/nothing', {})).status).toBe(404);
  expect((await post('/v1/chat/completions', { model: 'm' })).status).toBe(400);
  expect(
    (
      await post('/v1/chat/completions', {
        model: 'm',
        messages: [{ role: 'user', content: '<<<SCRIPT [{] SCRIPT>>>' }],
      })
    ).status,
  ).toBe(400);
  expect(server.problems).toHaveLength(3);
  expect((await chat([{ text: 'still here' }])).status).toBe(200);
});

test('a client that hangs up in the middle is no problem', async () => {
  const controller = new AbortController();
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    signal: controller.signal,
    body: JSON.stringify({
      model: 'm',
      stream: true,
      messages: [{ role: 'user', content: script([{ text: 'late', delayMs: 60_000 }]) }],
      tools: [{ type: 'function', function: { name: 'look' } }],
    }),
  });
  controller.abort();
  await expect(response.text()).rejects.toThrow('abort');
  expect((await chat([{ text: 'next' }])).status).toBe(200);
  expect(server.problems).toEqual([]);
});
