/** Mounts every endpoint of the API from one map of handlers. A missing handler or a wrong answer is a type error. */
import {
  API,
  LIMITS,
  parseInput,
  type Api,
  type EndpointInput,
  type EndpointResponse,
  type EndpointSpec,
} from '@treeline/shared';
import { json, Router, type Request, type Response } from 'express';
import { identify, idsIn, type Call as AuditedCall } from '../domain/audit.ts';
import { authorize, type Allowed } from '../domain/authorization/decide.ts';
import type { Row } from '../domain/authorization/row.ts';
import { HTTP_ACTIONS } from '../domain/authorization/table.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { Principal } from '../domain/principal.ts';
import type { Rates } from '../edge/rates.ts';
import type { Audit } from '../services/audit/audit.ts';
import type { InFlight } from '../in-flight.ts';
import { callOf } from './call.ts';
import { evidenceOf } from './evidence.ts';

/** One request to one endpoint. */
export interface Call<K extends keyof Api> {
  readonly input: EndpointInput<Api[K]>;
  /** Who calls, of the kinds in the endpoint's row. */
  readonly by: Allowed<(typeof HTTP_ACTIONS)[K]>;
  readonly visit: Visit;
  /** Answers 200 instead of the endpoint's own status: it was done before. */
  readonly wasDoneBefore: () => void;
}

export type HttpHandlers = {
  readonly [K in keyof Api]: (call: Call<K>) => Promise<EndpointResponse<Api[K]>>;
};

/** The browser behind a request, for what signs people in and out. */
export interface Visit {
  readonly address: string;
  readonly userAgent: string | undefined;
  /** For the audit. */
  readonly call: AuditedCall;
  /** Of the page that asks; one of ours. */
  readonly origin: string | undefined;
  /** The Cookie header. */
  readonly cookie: string | undefined;
  /** Takes the value of Set-Cookie. */
  readonly setCookie: (header: string) => void;
}

export interface RouteOptions {
  readonly authenticator: Authenticator;
  readonly handlers: HttpHandlers;
  readonly inFlight: InFlight;
  readonly audit: Audit;
  readonly rates: Rates;
}

/** The handlers behind one signature: inputs were parsed by the endpoint's own schemas. */
type AnyHandler = (call: {
  readonly input: { params: unknown; query: unknown; body: unknown };
  readonly by: Principal | undefined;
  readonly visit: Visit;
  readonly wasDoneBefore: () => void;
}) => Promise<unknown>;

export function apiRoutes({ authenticator, handlers, inFlight, audit, rates }: RouteOptions): Router {
  const router = Router();
  const parseBody = json({ limit: LIMITS.packetBytes, inflate: false });
  for (const name of Object.keys(API) as (keyof Api)[]) {
    const spec: EndpointSpec = API[name];
    const handler = handlers[name] as unknown as AnyHandler;

    // The credential is judged before the body is read.
    const enter = async (request: Request, response: Response, next: () => void): Promise<void> => {
      const call = callOf(name, { request, response, ns: audit.ownNs });
      const by = await audit.watch(call, { changes: false }, () => whoMay(authenticator, request, { name, call }));
      if (by !== undefined) await audit.watch(call, { changes: false }, () => rates.countPrincipal(by));
      response.locals['by'] = by === undefined ? undefined : { ...by, call };
      response.locals['call'] = call;
      next();
    };
    const answer = async (request: Request, response: Response): Promise<void> => {
      let status = spec.status ?? 200;
      const { by, call } = response.locals as { by: Principal | undefined; call: AuditedCall };
      const act = () => {
        const input = parse(spec, request);
        call.named = [...call.named, ...idsIn(input.body)];
        return handler({
          input,
          by,
          visit: visitOf(request, response),
          wasDoneBefore: () => {
            status = 200;
          },
        });
      };
      const value = await inFlight.run(() => audit.watch(call, { changes: spec.method !== 'get' }, act));
      response.setHeader('Cache-Control', 'no-store');
      response.status(status).json(value);
    };
    if (spec.body === undefined) router[spec.method](spec.path, enter, answer);
    else router[spec.method](spec.path, enter, parseBody, answer);
  }
  return router;
}

/** Endpoints that are for anybody do not look at credentials: a sign-in that is over must not bar the next one. */
async function whoMay(
  authenticator: Authenticator,
  request: Request,
  { name, call }: { name: keyof Api; call: AuditedCall },
): Promise<Principal | undefined> {
  const row: Row = HTTP_ACTIONS[name];
  const evidence = evidenceOf(request);
  if (row.to.includes('anonymous')) {
    authenticator.checkOrigin(evidence);
    return undefined;
  }
  const principal = await authenticator.identify(evidence);
  identify(call, principal);
  authorize(row, principal, name);
  return principal;
}

function visitOf(request: Request, response: Response): Visit {
  return {
    address: request.ip ?? '',
    userAgent: request.get('user-agent'),
    origin: request.get('origin'),
    call: (response.locals as { call: AuditedCall }).call,
    cookie: request.get('cookie'),
    setCookie: (header) => void response.append('Set-Cookie', header),
  };
}

function parse(spec: EndpointSpec, request: Request) {
  return {
    params: spec.params === undefined ? undefined : parseInput(spec.params, request.params, 'The path'),
    query: spec.query === undefined ? undefined : parseInput(spec.query, request.query, 'The query'),
    body: spec.body === undefined ? undefined : parseInput(spec.body, request.body as unknown, bodyName(request)),
  };
}

function bodyName(request: Request): string {
  return request.body === undefined ? 'The body (send JSON with Content-Type: application/json)' : 'The body';
}
