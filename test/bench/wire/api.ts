/** The HTTP API of a relay, as far as the benchmark needs it. */
import type { Api, EndpointResponse, SessionId } from '@treeline/shared';

export interface Access {
  readonly url: string;
  readonly key: string;
}

export async function call<T>(relay: Access, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${relay.url}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

export async function startSession(relay: Access, body: Record<string, unknown>): Promise<SessionId> {
  return (await call<EndpointResponse<Api['createSession']>>(relay, '/sessions', { prompt: 'bench', ...body })).id;
}

/** A single-use token for one runner. */
export async function joinToken(relay: Access, name: string): Promise<string> {
  return (await call<EndpointResponse<Api['createKey']>>(relay, '/keys', { kind: 'join', name })).secret;
}
