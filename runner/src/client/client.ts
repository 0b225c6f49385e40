/**
 * The typed HTTP client: one method for every endpoint of the API, derived from its declaration.
 *
 *     const client = createClient({ url: 'http://127.0.0.1:7460', key });
 *     const { id } = await client.createSession({ body: { prompt: 'hello' } });
 *
 * Rejects with RelayProblem when the relay answers with a problem, RelayUnreachable when it does not answer.
 */
import {
  API,
  type Api,
  type EndpointRequest,
  type EndpointResponse,
  type EndpointSpec,
  ErrorCode,
  ERRORS,
  parseInput,
  ProblemBody,
  TreelineError,
} from '@treeline/shared';
import type { CookieJar } from './cookie-jar.ts';
import { RelayProblem, RelayUnreachable, whyUnreachable } from './problems.ts';

const BASE_PATH = '/api/v1';
const REQUEST_TIMEOUT_MS = 30_000;

type Method<E extends EndpointSpec> =
  Record<never, never> extends EndpointRequest<E>
    ? (request?: EndpointRequest<E>) => Promise<EndpointResponse<E>>
    : (request: EndpointRequest<E>) => Promise<EndpointResponse<E>>;

export type Client = { readonly [K in keyof Api]: Method<Api[K]> };

export interface ClientOptions {
  /** Base URL of the relay, without `/api/v1`. */
  readonly url: string;
  /** API key or join token; without one only public endpoints answer. */
  readonly key?: string | undefined;
  /** The cookies of a sign-in, instead of a key: sent as the relay's own page sends them, and kept as it sets them. */
  readonly jar?: CookieJar;
  /** Milliseconds for one request; default 30 s. */
  readonly timeoutMs?: number | undefined;
}

/** What is sent: loosely typed here, exactly typed at the methods of Client. */
interface Request {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

export function createClient(options: ClientOptions): Client {
  const methods = Object.entries<EndpointSpec>(API).map(([name, endpoint]) => [
    name,
    (request: Request = {}) => call(options, endpoint, request),
  ]);
  return Object.fromEntries(methods) as Client;
}

async function call(options: ClientOptions, endpoint: EndpointSpec, request: Request): Promise<unknown> {
  const base = options.url.replace(/\/+$/, '');
  const url = new URL(base + BASE_PATH + pathOf(endpoint.path, request.params ?? {}));
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, `${value}`);
  }
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.key !== undefined) headers['authorization'] = `Bearer ${options.key}`;
  if (options.jar !== undefined) Object.assign(headers, options.jar.headers(options.url));
  const hasBody = endpoint.method === 'post';
  if (hasBody) headers['content-type'] = 'application/json';
  const { status, text } = await send(options, url, {
    method: endpoint.method.toUpperCase(),
    headers,
    ...(hasBody ? { body: JSON.stringify(request.body ?? {}) } : {}),
  });
  return read(endpoint, { url: options.url, status, text });
}

async function send(options: ClientOptions, url: URL, init: RequestInit): Promise<{ status: number; text: string }> {
  const limit = options.timeoutMs ?? REQUEST_TIMEOUT_MS;
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(limit) });
    options.jar?.take(response.headers.getSetCookie());
    return { status: response.status, text: await response.text() };
  } catch (cause) {
    const slow = cause instanceof DOMException && cause.name === 'TimeoutError';
    throw new RelayUnreachable(options.url, slow ? `no answer within ${limit / 1000} s` : whyUnreachable(cause), {
      cause,
    });
  }
}

function read(endpoint: EndpointSpec, answer: { url: string; status: number; text: string }): unknown {
  const value = jsonOf(answer.text);
  if (answer.status >= 400) {
    const problem = ProblemBody.safeParse(value);
    if (problem.success) throw new RelayProblem(problem.data.error);
    throw new TreelineError(
      codeForStatus(answer.status),
      `${answer.url} answered ${answer.status}, not as a relay does`,
    );
  }
  try {
    return parseInput(endpoint.response, value, 'the answer');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TreelineError('protocol_version', `${answer.url} does not answer as this version expects: ${why}`, {
      cause,
    });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pathOf(path: string, params: Readonly<Record<string, string>>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

/** The catalogue's code that fits a bare status, such as a proxy's 502. */
function codeForStatus(status: number): ErrorCode {
  const known = ErrorCode.options.find((code) => ERRORS[code].status === status);
  return known ?? (status >= 500 ? 'unavailable' : 'bad_request');
}
