/**
 * An ACP agent for tests: does what the first word of a prompt says, the odd things that real agents do once in a while
 * included. Flags of the command line decide how it starts and ends.
 */
import { appendFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { argv, env, exit, pid, stderr, stdin, stdout } from 'node:process';
import * as acp from '@agentclientprotocol/sdk';
import { callTool, listTools } from './mcp-client.fixture.mjs';

const flags = new Set(argv.slice(2));
if (flags.has('--die-at-start')) {
  stderr.write('cannot find my configuration\n');
  exit(7);
}
if (flags.has('--ignore-term')) process.on('SIGTERM', () => undefined);
if (flags.has('--ignore-term')) setInterval(() => undefined, 1000);

let mcp;
let cancelled = new AbortController();
const options = [
  { optionId: 'yes', name: 'Allow', kind: 'allow_once' },
  { optionId: 'no', name: 'Reject', kind: 'reject_once' },
];

function log(line) {
  if (env.ODD_LOG) appendFileSync(env.ODD_LOG, `${line}\n`);
}

/** Each: what the prompt is about, and how the turn ends. */
const tricks = {
  say: (turn, text) => turn.say(text),
  async echo(turn) {
    await turn.say(JSON.stringify(turn.prompt.map((block) => block.text)));
  },
  async permission(turn, json) {
    const { announce, ...toolCall } = JSON.parse(json);
    if (announce) await turn.update({ sessionUpdate: 'tool_call', toolCallId: 'call_1', title: 'x', ...announce });
    const params = { sessionId: turn.sessionId, toolCall: { toolCallId: 'call_1', ...toolCall }, options };
    await turn.say(JSON.stringify(await turn.client.request(acp.methods.client.session.requestPermission, params)));
  },
  async elicit(turn, json) {
    const params = { sessionId: turn.sessionId, mode: 'form', ...JSON.parse(json) };
    await turn.say(JSON.stringify(await turn.client.request(acp.methods.client.elicitation.create, params)));
  },
  async hang(turn) {
    await turn.say('hanging');
    return turn.cancelled();
  },
  async deaf(turn) {
    await turn.say('deaf');
    await new Promise(() => undefined);
  },
  async lateToStart(turn) {
    await sleep(300);
    cancelled = new AbortController();
    return turn.cancelled(cancelled.signal);
  },
  async work(turn) {
    await turn.update({ sessionUpdate: 'tool_call', toolCallId: 'call_w', title: 'npm test', status: 'in_progress' });
    await sleep(300);
    await turn.update({ sessionUpdate: 'tool_call_update', toolCallId: 'call_w', status: 'completed' });
    return turn.cancelled();
  },
  die(_turn, code) {
    stderr.write('out of cheese\n');
    exit(Number(code));
  },
  signal() {
    process.kill(pid, 'SIGKILL');
  },
  async unknown(turn) {
    await turn.update({ sessionUpdate: 'hologram_update', shape: { sides: 7 } });
    await turn.client.notify('_vendor/news', { hello: true });
    await turn.say('shown');
  },
  async malformed(turn) {
    await turn.update({ sessionUpdate: 'agent_message_chunk', content: 'no block' });
    await turn.client.notify('session/update', { nothing: true });
    stdout.write('this is no JSON\n');
    await turn.say('still here');
  },
  async huge(turn) {
    await turn.say('y'.repeat(300_000));
  },
  async interleave(turn) {
    await turn.update({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text: 'hm ' } });
    await turn.update({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text: 'so' } });
    await turn.say('one ');
    await turn.say('two');
    await turn.update({ sessionUpdate: 'plan', entries: [] });
    await turn.say('three');
    await turn.update({ sessionUpdate: 'usage_update', used: 1, size: 2, cost: { amount: 0.5, currency: 'USD' } });
  },
  refuse: () => ({ stopReason: 'refusal' }),
  limit: () => ({ stopReason: 'max_tokens' }),
  usage: () => ({
    stopReason: 'end_turn',
    usage: { inputTokens: 3, outputTokens: 4, cachedReadTokens: 2, totalTokens: 9 },
  }),
  fail() {
    throw new acp.RequestError(-32603, 'Internal error', { details: 'the model is on fire' });
  },
  auth() {
    throw acp.RequestError.authRequired();
  },
  async tools(turn) {
    await turn.say(JSON.stringify(await listTools(mcp)));
  },
  async call(turn, json) {
    const { name, args } = JSON.parse(json);
    await turn.say(JSON.stringify(await callTool(mcp, name, args)));
  },
};

async function play({ params, client }) {
  cancelled = new AbortController();
  const { signal } = cancelled;
  const [block] = params.prompt;
  const [word, ...rest] = block.text.split(' ');
  log(`prompt ${params.prompt.map(({ text }) => text).join(' + ')}`);
  const update = (it) => client.notify('session/update', { sessionId: params.sessionId, update: it });
  const turn = {
    client,
    prompt: params.prompt,
    sessionId: params.sessionId,
    update,
    say: (text) => update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } }),
    cancelled: (by = signal) =>
      new Promise((resolve) => {
        by.addEventListener('abort', () => resolve({ stopReason: 'cancelled' }));
      }),
  };
  const trick = tricks[word] ?? ((it) => it.say(`what is ${word}?`));
  return (await trick(turn, rest.join(' '))) ?? { stopReason: 'end_turn' };
}

function opened({ params }) {
  if (flags.has('--auth')) throw acp.RequestError.authRequired();
  mcp = params.mcpServers[0];
  return { sessionId: params.sessionId ?? 'odd-session' };
}

acp
  .agent({ name: 'odd' })
  .onRequest('initialize', async () => {
    if (flags.has('--silent')) await new Promise(() => undefined);
    return {
      protocolVersion: flags.has('--v2') ? 2 : 1,
      agentCapabilities: {
        loadSession: flags.has('--load'),
        mcpCapabilities: { http: !flags.has('--no-http') },
      },
      ...(flags.has('--steering') && { _meta: { steering: { supported: true } } }),
    };
  })
  .onRequest('session/new', opened)
  .onRequest('session/load', async (context) => {
    if (context.params.sessionId === 'forgotten') throw acp.RequestError.resourceNotFound('forgotten');
    const text = 'what was said before';
    const update = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } };
    await context.client.notify('session/update', { sessionId: context.params.sessionId, update });
    return opened(context);
  })
  .onRequest('session/prompt', play)
  .onNotification('session/cancel', () => {
    log('cancel');
    cancelled.abort();
  })
  .onRequest(
    '_session/steering',
    (params) => params,
    async ({ params, client }) => {
      log(`steer ${params.prompt[0].text}`);
      if (params.prompt[0].text.includes('too late')) return { outcome: 'promptRequired', reason: 'noRunningTurn' };
      const text = `steered: ${params.prompt[0].text}`;
      const update = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } };
      await client.notify('session/update', { sessionId: params.sessionId, update });
      return { outcome: 'injected' };
    },
  )
  .connect(acp.ndJsonStream(Writable.toWeb(stdout), Readable.toWeb(stdin)));
