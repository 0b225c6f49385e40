/** The least of an MCP client over HTTP, by hand: what a test sends is what it reads here. */

export async function open({ url, headers }) {
  const all = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...Object.fromEntries(headers.map(({ name, value }) => [name, value])),
  };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'odd', version: '1' } };
  const response = await post(url, all, { id: 0, method: 'initialize', params });
  if (response.status !== 200) throw new Error(`initialize: ${response.status}`);
  const session = response.headers.get('mcp-session-id');
  await lastMessage(response);
  const inSession = { ...all, 'mcp-session-id': session, 'mcp-protocol-version': '2025-06-18' };
  await post(url, inSession, { method: 'notifications/initialized' });
  return {
    send: (message, signal) => post(url, inSession, message, signal),
    end: () => fetch(url, { method: 'DELETE', headers: inSession }),
  };
}

export async function listTools(server) {
  const client = await open(server);
  const { result } = await lastMessage(await client.send({ id: 1, method: 'tools/list', params: {} }));
  return result.tools;
}

export async function callTool(server, name, args) {
  const client = await open(server);
  const params = { name, arguments: args, _meta: { progressToken: 1 } };
  const { result, error } = await lastMessage(await client.send({ id: 2, method: 'tools/call', params }));
  return result ?? { error };
}

function post(url, headers, message, signal) {
  return fetch(url, { method: 'POST', headers, signal, body: JSON.stringify({ jsonrpc: '2.0', ...message }) });
}

/** The response at the end of an event stream. */
export async function lastMessage(response) {
  const text = await response.text();
  const events = text.split('\n').filter((line) => line.startsWith('data: '));
  return JSON.parse(events.at(-1).slice('data: '.length));
}
