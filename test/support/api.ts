/** The HTTP API, typed by its declarations: one method for each endpoint. Shares no code with the product's own client. */
import {
  API,
  type Api,
  type EndpointRequest,
  type EndpointResponse,
  type EndpointSpec,
  type ErrorCode,
  ProblemBody,
} from '@treeline/shared';

export type ApiClient = {
  readonly [K in keyof Api]: (request?: EndpointRequest<Api[K]>) => Promise<EndpointResponse<Api[K]>>;
};

/** What the relay refused, as it said it. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(status: number, { error }: ProblemBody) {
    super(`${error.code}: ${error.message}`);
    this.status = status;
    this.code = error.code;
    this.hint = error.hint;
  }
}

export interface ApiAddress {
  readonly url: string;
  readonly key: string;
}

/**
 * The address is asked for at each call: a relay may come back elsewhere. Methods reject with ApiProblem, or with
 * another error when no answer came within `timeoutMs`.
 */
export function apiClient(address: () => ApiAddress, { timeoutMs = 20_000 } = {}): ApiClient {
  const methods = Object.entries<EndpointSpec>(API).map(([name, spec]) => [
    name,
    (request?: Request) => call({ ...address(), timeoutMs }, spec, request ?? {}),
  ]);
  return Object.fromEntries(methods) as ApiClient;
}

interface Request {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

async function call(
  { url, key, timeoutMs }: ApiAddress & { timeoutMs: number },
  spec: EndpointSpec,
  { params = {}, query = {}, body }: Request,
) {
  const path = spec.path.replaceAll(/:(\w+)/g, (_, name: string) => params[name] ?? '');
  const target = new URL(`/api/v1${path}`, url);
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, String(value));
  const response = await fetch(target, {
    method: spec.method.toUpperCase(),
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(spec.method === 'post' ? { body: JSON.stringify(body ?? {}) } : {}),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new ApiProblem(response.status, ProblemBody.parse(answer));
  return spec.response.parse(answer);
}
