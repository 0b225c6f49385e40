/** Anthropic messages: claude. */
import { z } from 'zod';
import { joinAssistants, pieces, USAGE, type Dialect, type Entry, type Reply } from './conversation.ts';

const Block = z.looseObject({ type: z.string(), text: z.string().optional(), content: z.unknown().optional() });
const Content = z.union([z.string(), z.array(Block)]);
const Request = z.looseObject({
  model: z.string(),
  stream: z.boolean().default(false),
  system: Content.optional(),
  messages: z.array(z.looseObject({ role: z.string(), content: Content })),
  tools: z.array(z.looseObject({ name: z.string() })).default([]),
});

export const anthropic: Dialect = {
  name: 'anthropic',

  read(body) {
    const request = Request.parse(body);
    return {
      model: request.model,
      stream: request.stream,
      system: textOf(request.system ?? ''),
      entries: joinAssistants(request.messages.flatMap(entriesOf)),
      tools: request.tools.map(({ name }) => ({ name })),
    };
  },

  *stream(reply, { model }) {
    const message = { ...messageOf(model), content: [], stop_reason: null };
    yield named({ type: 'message_start', message: { ...message, usage: { ...usage, output_tokens: 0 } } });
    for (const [index, block] of blocksOf(reply).entries()) {
      yield named({ type: 'content_block_start', index, content_block: block.empty });
      for (const delta of block.deltas) yield { ...named({ type: 'content_block_delta', index, delta }), piece: true };
      yield named({ type: 'content_block_stop', index });
    }
    const delta = { stop_reason: stopReason(reply), stop_sequence: null };
    yield named({ type: 'message_delta', delta, usage: { output_tokens: USAGE.output } });
    yield named({ type: 'message_stop' });
  },

  whole(reply, { model }) {
    const content = blocksOf(reply).map(({ full }) => full);
    return { ...messageOf(model), content, stop_reason: stopReason(reply), usage };
  },
};

const usage = { input_tokens: USAGE.input, output_tokens: USAGE.output };

function named<T extends { type: string }>(data: T) {
  return { event: data.type, data };
}

function messageOf(model: string) {
  return { id: `msg_${crypto.randomUUID()}`, type: 'message', role: 'assistant', model, stop_sequence: null };
}

/** A user's message may carry tool results, and texts between them. */
function entriesOf({ role, content }: z.infer<typeof Request>['messages'][number]): Entry[] {
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  if (role === 'assistant') return [{ kind: 'assistant', callsTool: blocks.some(({ type }) => type === 'tool_use') }];
  return blocks.flatMap((block): Entry[] => {
    if (block.type === 'text') return [{ kind: 'user', text: block.text ?? '' }];
    return block.type === 'tool_result' ? [{ kind: 'result', text: resultText(block) }] : [];
  });
}

function resultText(block: z.infer<typeof Block>): string {
  const content = Content.safeParse(block.content);
  return content.success ? textOf(content.data) : JSON.stringify(block.content ?? '');
}

function textOf(content: z.infer<typeof Content>): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join('\n');
}

function stopReason(reply: Reply): string {
  return reply.tool === undefined ? 'end_turn' : 'tool_use';
}

interface ContentBlock {
  readonly empty: unknown;
  readonly full: unknown;
  readonly deltas: readonly unknown[];
}

function blocksOf({ think, text, tool }: Reply): ContentBlock[] {
  const blocks: ContentBlock[] = [];
  if (think !== undefined)
    blocks.push({
      empty: { type: 'thinking', thinking: '', signature: '' },
      full: { type: 'thinking', thinking: think, signature: 'scripted' },
      deltas: [
        ...pieces(think).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: 'scripted' },
      ],
    });
  if (text !== undefined)
    blocks.push({
      empty: { type: 'text', text: '' },
      full: { type: 'text', text },
      deltas: pieces(text).map((piece) => ({ type: 'text_delta', text: piece })),
    });
  if (tool !== undefined) {
    const use = { type: 'tool_use', id: `toolu_${crypto.randomUUID()}`, name: tool.offered.name };
    blocks.push({
      empty: { ...use, input: {} },
      full: { ...use, input: tool.args },
      deltas: [{ type: 'input_json_delta', partial_json: JSON.stringify(tool.args) }],
    });
  }
  return blocks;
}
