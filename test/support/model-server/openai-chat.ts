/** OpenAI chat/completions: pi, opencode, copilot. */
import { z } from 'zod';
import { joinAssistants, pieces, USAGE, type Dialect, type Entry, type Reply } from './conversation.ts';

const Content = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() })), z.null()]).optional();
const Request = z.looseObject({
  model: z.string(),
  stream: z.boolean().default(false),
  messages: z.array(z.looseObject({ role: z.string(), content: Content, tool_calls: z.array(z.unknown()).optional() })),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }).optional() })).default([]),
});

const usage = {
  prompt_tokens: USAGE.input,
  completion_tokens: USAGE.output,
  total_tokens: USAGE.input + USAGE.output,
};

export const openAiChat: Dialect = {
  name: 'openai-chat',

  read(body) {
    const request = Request.parse(body);
    const entries = request.messages.flatMap((message): Entry[] => {
      const text = textOf(message.content);
      if (message.role === 'user') return [{ kind: 'user', text }];
      if (message.role === 'tool') return [{ kind: 'result', text }];
      if (message.role === 'assistant')
        return [{ kind: 'assistant', callsTool: (message.tool_calls ?? []).length > 0 }];
      return [];
    });
    const system = request.messages.filter(({ role }) => role === 'system' || role === 'developer');
    return {
      model: request.model,
      stream: request.stream,
      system: system.map(({ content }) => textOf(content)).join('\n'),
      entries: joinAssistants(entries),
      tools: request.tools.flatMap((tool) => (tool.function === undefined ? [] : [{ name: tool.function.name }])),
    };
  },

  *stream(reply, { model }) {
    const id = `chatcmpl-${crypto.randomUUID()}`;
    const chunk = (delta: unknown, finish: string | null = null) => ({
      id,
      object: 'chat.completion.chunk',
      created: 0,
      model,
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
    yield { data: chunk({ role: 'assistant', content: '' }) };
    for (const piece of pieces(reply.think ?? '')) yield { data: chunk({ reasoning_content: piece }), piece: true };
    for (const piece of pieces(reply.text ?? '')) yield { data: chunk({ content: piece }), piece: true };
    for (const [index, call] of toolCalls(reply).entries()) yield { data: chunk({ tool_calls: [{ index, ...call }] }) };
    yield { data: chunk({}, finishReason(reply)) };
    yield { data: { ...chunk({}), choices: [], usage } };
    yield { data: '[DONE]' };
  },

  whole(reply, { model }) {
    const calls = toolCalls(reply);
    const message = {
      role: 'assistant',
      content: reply.text ?? null,
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    };
    return {
      id: `chatcmpl-${crypto.randomUUID()}`,
      object: 'chat.completion',
      created: 0,
      model,
      choices: [{ index: 0, message, finish_reason: finishReason(reply) }],
      usage,
    };
  },
};

function textOf(content: z.infer<typeof Content>): string {
  if (content === undefined || content === null) return '';
  return typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('\n');
}

function finishReason(reply: Reply): string {
  return reply.tool === undefined ? 'stop' : 'tool_calls';
}

function toolCalls({ tool }: Reply) {
  if (tool === undefined) return [];
  const call = { name: tool.offered.name, arguments: JSON.stringify(tool.args) };
  return [{ id: `call_${crypto.randomUUID()}`, type: 'function', function: call }];
}
