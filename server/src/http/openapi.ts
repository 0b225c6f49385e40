/** The OpenAPI document, made from the declarations of the API. */
import {
  API,
  ERRORS,
  Frame,
  KeyView,
  ProblemBody,
  RunnerView,
  SessionTree,
  SessionView,
  TriggerView,
  type EndpointSpec,
} from '@treeline/shared';
import { z } from 'zod';
import type { Row } from '../domain/authorization/row.ts';
import { HTTP_ACTIONS } from '../domain/authorization/table.ts';
import { VERSION } from '../config.ts';

type Json = Record<string, unknown>;
type EndpointName = keyof typeof API;

/** Schemas that have a name of their own in the document. */
const NAMED = {
  Problem: ProblemBody,
  Session: SessionView,
  SessionTree,
  Trigger: TriggerView,
  Runner: RunnerView,
  Key: KeyView,
  Frame,
};

export function openApiDocument(): Json {
  const outputs = new Schemas('output', NAMED);
  const inputs = new Schemas('input', {});
  const paths: Record<string, Json> = {};
  for (const name of Object.keys(API) as EndpointName[]) {
    const spec: EndpointSpec = API[name];
    const path = `/api/v1${spec.path.replaceAll(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [spec.method]: operation(name, { outputs, inputs }) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Treeline',
      version: VERSION,
      description: 'A self-hosted relay for trees of coding agents.',
      license: { name: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A key `tl_…`.' },
        signIn: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-treeline',
          description: 'Set by /api/v1/auth/sign-in; over plain http the name is treeline-<port>.',
        },
      },
      schemas: { ...inputs.document(), ...outputs.document() },
    },
  };
}

function operation(name: EndpointName, { outputs, inputs }: { outputs: Schemas; inputs: Schemas }): Json {
  const spec: EndpointSpec = API[name];
  const row: Row = HTTP_ACTIONS[name];
  const open = row.to.includes('anonymous');
  const answer = content(outputs.ref(`${capital(name)}Answer`, spec.response));
  return {
    operationId: name,
    summary: spec.doc,
    tags: [spec.path.split('/')[1]],
    security: open ? [] : [{ key: [] }, { signIn: [] }],
    parameters: [...parameters(spec.params, 'path'), ...parameters(spec.query, 'query')],
    ...(spec.body === undefined
      ? {}
      : { requestBody: { required: true, ...content(inputs.ref(`${capital(name)}Body`, spec.body)) } }),
    responses: {
      [spec.status ?? 200]: { description: 'Done.', ...answer },
      ...(spec.status === 201 ? { 200: { description: 'The key was seen before: the same answer.', ...answer } } : {}),
      default: {
        description: `A problem: ${Object.keys(ERRORS).join(', ')}.`,
        ...content(outputs.ref('Problem', ProblemBody)),
      },
    },
  };
}

function content(schema: Json): Json {
  return { content: { 'application/json': { schema } } };
}

function parameters(schema: z.ZodType | undefined, where: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, rules('input'));
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: property,
  }));
}

/** Schemas that end up below components, each under one name and referred to by it. */
class Schemas {
  readonly #io: 'input' | 'output';
  readonly #registry = z.registry<{ id: string }>();

  constructor(io: 'input' | 'output', named: Readonly<Record<string, z.ZodType>>) {
    this.#io = io;
    for (const [id, schema] of Object.entries(named)) this.#registry.add(schema, { id });
  }

  ref(name: string, schema: z.ZodType): Json {
    if (!this.#registry.has(schema)) this.#registry.add(schema, { id: name });
    return { $ref: uri(this.#registry.get(schema)?.id ?? name) };
  }

  document(): Json {
    const { schemas } = z.toJSONSchema(this.#registry, { ...rules(this.#io), uri });
    return Object.fromEntries(
      Object.entries(schemas).map(([id, { $schema: _schema, $id: _id, ...schema }]) => [id, schema]),
    );
  }
}

function rules(io: 'input' | 'output') {
  return {
    io,
    unrepresentable: 'any',
    // Ids are custom schemas: text, as far as JSON goes.
    override: ({
      zodSchema,
      jsonSchema,
    }: {
      zodSchema: z.core.$ZodTypes;
      jsonSchema: z.core.JSONSchema.BaseSchema;
    }) => {
      if (zodSchema._zod.def.type === 'custom') jsonSchema.type = 'string';
    },
  } as const;
}

function uri(id: string): string {
  return `#/components/schemas/${id}`;
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
