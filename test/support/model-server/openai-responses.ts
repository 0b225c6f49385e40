/** OpenAI responses: codex. */
import { z } from 'zod';
import {
  joinAssistants,
  pieces,
  USAGE,
  type Dialect,
  type Entry,
  type OfferedTool,
  type Reply,
} from './conversation.ts';

const Content = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]).optional();
const Item = z.looseObject({
  type: z.string().default('message'),
  role: z.string().optional(),
  content: Content.catch(undefined),
  output: z.unknown().optional(),
});
const Tool = z.looseObject({
  type: z.string(),
  name: z.string().optional(),
  tools: z.array(z.looseObject({ name: z.string() })).optional(),
});
const Request = z.looseObject({
  model: z.string(),
  stream: z.boolean().default(false),
  instructions: z.string().nullish(),
  input: z.union([z.string(), z.array(Item)]),
  tools: z.array(Tool).default([]),
});

export const openAiResponses: Dialect = {
  name: 'openai-responses',

  read(body) {
    const request = Request.parse(body);
    const items = typeof request.input === 'string' ? [] : request.input;
    const entries: Entry[] =
      typeof request.input === 'string' ? [{ kind: 'user', text: request.input }] : items.flatMap(entriesOf);
    return {
      model: request.model,
      stream: request.stream,
      system: request.instructions ?? '',
      entries: joinAssistants(entries),
      tools: request.tools.flatMap(toolsOf),
    };
  },

  *stream(reply, { model }) {
    const response = {
      id: `resp_${crypto.randomUUID()}`,
      object: 'response',
      model,
      status: 'in_progress',
      output: [],
    };
    yield named({ type: 'response.created', response });
    const items = outputOf(reply);
    for (const [index, item] of items.entries()) {
      const place = { output_index: index, item_id: item.id };
      yield named({ type: 'response.output_item.added', output_index: index, item: started(item) });
      if (item.type === 'reasoning') {
        for (const delta of pieces(reply.think ?? ''))
          yield {
            ...named({ type: 'response.reasoning_summary_text.delta', ...place, summary_index: 0, delta }),
            piece: true,
          };
      }
      if (item.type === 'message') {
        for (const delta of pieces(reply.text ?? ''))
          yield { ...named({ type: 'response.output_text.delta', ...place, content_index: 0, delta }), piece: true };
      }
      yield named({ type: 'response.output_item.done', output_index: index, item });
    }
    yield named({
      type: 'response.completed',
      response: { ...response, status: 'completed', output: items, usage: usage() },
    });
  },

  whole(reply, { model }) {
    const id = `resp_${crypto.randomUUID()}`;
    return { id, object: 'response', model, status: 'completed', output: outputOf(reply), usage: usage() };
  },
};

function named<T extends { type: string }>(data: T) {
  return { event: data.type, data };
}

function entriesOf(item: z.infer<typeof Item>): Entry[] {
  if (item.type === 'message' && item.role === 'user') return [{ kind: 'user', text: textOf(item.content) }];
  if (item.type === 'message' && item.role === 'assistant') return [{ kind: 'assistant', callsTool: false }];
  if (item.type.endsWith('_call')) return [{ kind: 'assistant', callsTool: true }];
  if (item.type.endsWith('_call_output')) return [{ kind: 'result', text: resultText(item.output) }];
  return [];
}

function textOf(content: z.infer<typeof Content>): string {
  if (content === undefined) return '';
  return typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('\n');
}

function resultText(output: unknown): string {
  return typeof output === 'string' ? output : JSON.stringify(output ?? '');
}

function toolsOf(tool: z.infer<typeof Tool>): OfferedTool[] {
  if (tool.type === 'namespace' && tool.name !== undefined)
    return (tool.tools ?? []).map(({ name }) => ({ name, namespace: tool.name ?? '' }));
  return tool.type === 'function' && tool.name !== undefined ? [{ name: tool.name }] : [];
}

type OutputItem = { readonly type: 'reasoning' | 'message' | 'function_call'; readonly id: string } & Record<
  string,
  unknown
>;

function outputOf(reply: Reply): OutputItem[] {
  const items: OutputItem[] = [];
  if (reply.think !== undefined)
    items.push({
      type: 'reasoning',
      id: `rs_${crypto.randomUUID()}`,
      summary: [{ type: 'summary_text', text: reply.think }],
    });
  if (reply.text !== undefined)
    items.push({
      type: 'message',
      id: `msg_${crypto.randomUUID()}`,
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: reply.text, annotations: [] }],
    });
  if (reply.tool !== undefined)
    items.push({
      type: 'function_call',
      id: `fc_${crypto.randomUUID()}`,
      call_id: `call_${crypto.randomUUID()}`,
      name: reply.tool.offered.name,
      ...(reply.tool.offered.namespace === undefined ? {} : { namespace: reply.tool.offered.namespace }),
      arguments: JSON.stringify(reply.tool.args),
      status: 'completed',
    });
  return items;
}

/** An item as it looks before its content has come. */
function started(item: OutputItem): OutputItem {
  if (item.type === 'reasoning') return { ...item, summary: [] };
  if (item.type === 'message') return { ...item, status: 'in_progress', content: [] };
  return { ...item, status: 'in_progress', arguments: '' };
}

function usage() {
  return {
    input_tokens: USAGE.input,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: USAGE.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: USAGE.input + USAGE.output,
  };
}
