/**
 * An ACP agent for tests that writes one text, TEXT, into every field that the protocol lets an agent fill, asks for a
 * permission in the same words, and ends its turn. One JSON message a line, on standard input and output.
 */
import { createInterface } from 'node:readline';
import { env, stdin, stdout } from 'node:process';

const text = env.TEXT ?? '';
const sessionId = 'hostile';
const block = { type: 'text', text };
const image = { type: 'image', mimeType: text, data: text, uri: text };
const link = { type: 'resource_link', name: text, title: text, description: text, uri: text, mimeType: text };
const resource = { type: 'resource', resource: { uri: text, mimeType: text, text } };
const content = [
  { type: 'content', content: block },
  { type: 'content', content: image },
  { type: 'content', content: link },
  { type: 'content', content: resource },
  { type: 'diff', path: text, oldText: 'a', newText: text },
  { type: 'terminal', terminalId: text },
];
const call = { title: text, rawInput: { [text]: text }, locations: [{ path: text, line: 1 }], content };
const options = ['allow_once', 'reject_once'].map((kind) => ({ optionId: `${kind} ${text}`, name: text, kind }));
const updates = [
  ...[block, image, link, resource].map((of) => ({ sessionUpdate: 'agent_message_chunk', content: of })),
  { sessionUpdate: 'agent_thought_chunk', content: block },
  { sessionUpdate: 'plan', entries: [{ content: text, priority: 'high', status: 'pending' }] },
  {
    sessionUpdate: 'available_commands_update',
    availableCommands: [{ name: text, description: text, input: { hint: text } }],
  },
  { sessionUpdate: 'current_mode_update', currentModeId: text },
  { sessionUpdate: 'session_info_update', title: text },
  { sessionUpdate: 'tool_call', toolCallId: 'shown', kind: 'edit', status: 'in_progress', ...call },
  { sessionUpdate: 'tool_call_update', toolCallId: 'shown', status: 'completed', rawOutput: text, content },
];

const send = (message) => stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const results = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, agentInfo: { name: text, title: text, version: text } }),
  'session/new': () => ({ sessionId }),
};
let turn;
for await (const line of createInterface({ input: stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (method === 'session/prompt') {
    turn = id;
    for (const update of updates) send({ method: 'session/update', params: { sessionId, update } });
    const toolCall = { toolCallId: 'asked', kind: 'execute', ...call };
    send({ id: 'permission', method: 'session/request_permission', params: { sessionId, toolCall, options } });
  } else if (id === 'permission') {
    send({ id: turn, result: { stopReason: 'end_turn' } });
  } else if (id !== undefined) {
    const result = results[method]?.(params);
    send(result === undefined ? { id, error: { code: -32601, message: text } } : { id, result });
  }
}
