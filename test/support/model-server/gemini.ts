/** Gemini generateContent and streamGenerateContent: gemini-cli. The model and whether to stream stand in the path. */
import { z } from 'zod';
import { joinAssistants, pieces, USAGE, type Dialect, type Entry, type Reply } from './conversation.ts';

const Part = z.looseObject({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  functionCall: z.unknown().optional(),
  functionResponse: z.looseObject({ response: z.unknown() }).optional(),
});
const Message = z.looseObject({ role: z.string().default('user'), parts: z.array(Part).default([]) });
const Request = z.looseObject({
  systemInstruction: z.union([z.string(), Message]).optional(),
  contents: z.array(Message),
  generationConfig: z
    .looseObject({ responseJsonSchema: z.unknown(), responseSchema: z.unknown() })
    .partial()
    .default({}),
  tools: z
    .array(z.looseObject({ functionDeclarations: z.array(z.looseObject({ name: z.string() })).optional() }))
    .default([]),
});

const PATH = /\/models\/([^/:]+):(\w+)$/;

export const gemini: Dialect = {
  name: 'gemini',

  read(body, path) {
    const request = Request.parse(body);
    const [, model = '', method = ''] = PATH.exec(path) ?? [];
    const system = request.systemInstruction ?? '';
    const { responseJsonSchema, responseSchema } = request.generationConfig;
    return {
      model,
      stream: method === 'streamGenerateContent',
      system: typeof system === 'string' ? system : textOf(system.parts),
      entries: joinAssistants(request.contents.flatMap(entriesOf)),
      tools: request.tools.flatMap((tool) => tool.functionDeclarations ?? []).map(({ name }) => ({ name })),
      schema: responseJsonSchema ?? responseSchema,
    };
  },

  *stream(reply, { model }) {
    const parts = partsOf(reply);
    for (const part of parts) yield { data: chunk(model, [part]), piece: true };
    yield { data: { ...chunk(model, [{ text: '' }], 'STOP'), usageMetadata } };
  },

  whole(reply, { model }) {
    return { ...chunk(model, partsOf(reply), 'STOP'), usageMetadata };
  },
};

const usageMetadata = {
  promptTokenCount: USAGE.input,
  candidatesTokenCount: USAGE.output,
  totalTokenCount: USAGE.input + USAGE.output,
};

function chunk(model: string, parts: readonly unknown[], finishReason?: string) {
  const candidate = { index: 0, content: { role: 'model', parts } };
  return { modelVersion: model, candidates: [finishReason === undefined ? candidate : { ...candidate, finishReason }] };
}

function entriesOf({ role, parts }: z.infer<typeof Message>): Entry[] {
  if (role === 'model')
    return [{ kind: 'assistant', callsTool: parts.some((part) => part.functionCall !== undefined) }];
  const results = parts.flatMap(({ functionResponse }): Entry[] =>
    functionResponse === undefined ? [] : [{ kind: 'result', text: JSON.stringify(functionResponse.response ?? '') }],
  );
  const text = textOf(parts);
  return text === '' ? results : [...results, { kind: 'user', text }];
}

function textOf(parts: readonly z.infer<typeof Part>[]): string {
  return parts.flatMap(({ text }) => text ?? []).join('\n');
}

function partsOf({ think, text, tool }: Reply): unknown[] {
  const call = tool === undefined ? [] : [{ functionCall: { name: tool.offered.name, args: tool.args } }];
  return [
    ...pieces(think ?? '').map((piece) => ({ text: piece, thought: true })),
    ...pieces(text ?? '').map((piece) => ({ text: piece })),
    ...call,
  ];
}
