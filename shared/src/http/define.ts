/** Declaring an HTTP endpoint once. Routes, validation, the typed client and the OpenAPI document derive from it. */
import type { z } from 'zod';

export type Method = 'get' | 'post' | 'delete';

export interface EndpointSpec {
  readonly method: Method;
  /** Express path below /api/v1, with `:name` parameters. */
  readonly path: string;
  readonly doc: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly response: z.ZodType;
  /** Status of a success; default 200. Creating endpoints answer 201, and 200 when the key was seen before. */
  readonly status?: number;
}

export function endpoint<const E extends EndpointSpec>(spec: E): E {
  return spec;
}

export type EndpointMap = Readonly<Record<string, EndpointSpec>>;

type Out<S> = S extends z.ZodType ? z.output<S> : undefined;
type In<S> = S extends z.ZodType ? z.input<S> : undefined;

/** What a handler gets: parsed. */
export interface EndpointInput<E extends EndpointSpec> {
  readonly params: Out<E['params']>;
  readonly query: Out<E['query']>;
  readonly body: Out<E['body']>;
}

type Optional<K extends string, S> = undefined extends S ? { readonly [P in K]?: S } : { readonly [P in K]: S };
/** What a client sends. */
export type EndpointRequest<E extends EndpointSpec> = Optional<'params', In<E['params']>> &
  Optional<'query', In<E['query']>> &
  Optional<'body', In<E['body']>>;
export type EndpointResponse<E extends EndpointSpec> = z.output<E['response']>;
