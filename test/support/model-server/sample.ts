/** The simplest value of a JSON schema, for agents that ask the model side questions (Gemini: which model fits this task). */
import { z } from 'zod';

const Schema = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

export function sample(schema: unknown): unknown {
  const { type = 'string', enum: choices, properties } = Schema.parse(schema);
  if (choices !== undefined) return choices[0];
  switch (type.toLowerCase()) {
    case 'object':
      return Object.fromEntries(Object.entries(properties ?? {}).map(([key, part]) => [key, sample(part)]));
    case 'array':
      return [];
    case 'number':
    case 'integer':
      return 1;
    case 'boolean':
      return false;
    default:
      return 'ok';
  }
}
