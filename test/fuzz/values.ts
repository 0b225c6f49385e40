/** Values for a declaration: such as it allows, such as it nearly allows, and texts that no honest client sends. */
import { LIMITS, newId } from '@treeline/shared';
import { z } from 'zod';
import type { Random } from '../faults/random.ts';

/** JSON text; text, since JSON.stringify could not make some of it. */
const HOSTILE: readonly (() => string)[] = [
  () => '',
  () => '{',
  () => 'null',
  () => '[]',
  () => '-1e999',
  () => '"\\ud800"',
  () => '{"prompt":"\\udfff\\ud800","text":"\\ud800"}',
  () => '{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}}}',
  () => `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  () => `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  () => JSON.stringify({ ['k'.repeat(200_000)]: 1 }),
  () => JSON.stringify({ key: 'x'.repeat(LIMITS.keyChars + 1), prompt: '' }),
  () => JSON.stringify({ fence: Number.MAX_SAFE_INTEGER + 2, session: 7, frames: {} }),
  () => JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i]))),
  () => JSON.stringify({ text: 'x'.repeat(LIMITS.packetBytes + 1) }),
  () => '\u0000\ufeff{}',
];

const OTHERS: readonly (() => unknown)[] = [
  () => null,
  () => -1,
  () => 1e308,
  () => '',
  () => '\ud800',
  () => [],
  () => ({}),
  () => true,
  () => 'x'.repeat(300),
  () => [[[[[]]]]],
  () => JSON.parse('{"__proto__":{"x":1}}') as unknown,
];

type Schema = Readonly<Record<string, unknown>>;
const DEEPEST = 6;

export class Values {
  readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  hostile(): string {
    return this.random.pick(HOSTILE)();
  }

  bytes(): Buffer {
    return Buffer.from(Array.from({ length: 300 }, () => this.random.int(0, 255)));
  }

  /** Of the declaration, with something else at one place in `1/wrong`; 0: nowhere. */
  of(schema: z.ZodType, wrong: number): unknown {
    return this.#of(jsonSchema(schema), wrong, 0);
  }

  #of(schema: Schema, wrong: number, depth: number): unknown {
    const { random } = this;
    if (random.chance(wrong)) return random.pick(OTHERS)();
    const choices = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined;
    if (choices !== undefined) return this.#of(random.pick(choices), wrong, depth);
    if ('const' in schema) return schema['const'];
    if (Array.isArray(schema['enum'])) return random.pick(schema['enum'] as unknown[]);
    const inner = (of: unknown) => this.#of((of ?? {}) as Schema, wrong, depth + 1);
    switch (schema['type']) {
      case 'object':
        return depth > DEEPEST ? {} : this.#object(schema, inner);
      case 'array':
        return Array.from({ length: random.int(0, 2) }, () => inner(schema['items']));
      case 'integer':
      case 'number':
        return random.int(Number(schema['minimum'] ?? 0), 5);
      case 'boolean':
        return random.chance(0.5);
      case 'string':
        return this.#text();
      default:
        return random.pick([1, 'word', {}, null]);
    }
  }

  #object(schema: Schema, inner: (of: unknown) => unknown): object {
    const required = new Set(schema['required'] as string[] | undefined);
    const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
    const present = properties.filter(([name]) => required.has(name) || this.random.chance(0.7));
    return Object.fromEntries(present.map(([name, of]) => [name, inner(of)]));
  }

  #text(): string {
    const kinds = ['session', 'trigger', 'runner', 'record', 'frame', 'message', 'key', 'person'] as const;
    return this.random.chance(0.6)
      ? newId(this.random.pick(kinds))
      : this.random.pick(['word', '1-1', 'https://a.example/x']);
  }
}

const known = new Map<z.ZodType, Schema>();

function jsonSchema(schema: z.ZodType): Schema {
  let found = known.get(schema);
  if (found === undefined) {
    found = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', override: asText }) as Schema;
    known.set(schema, found);
  }
  return found;
}

function asText({
  zodSchema,
  jsonSchema: schema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}) {
  if (zodSchema._zod.def.type === 'custom') schema.type = 'string';
}

/** Undefined for what is no JSON, such as some hostile texts. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
