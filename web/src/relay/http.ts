/** The typed HTTP client. Methods and paths are checked against shared's declarations, whose schemas stay out of the browser. */
import type { Api, EndpointRequest, EndpointResponse } from '@treeline/shared';
import { relayAt } from '../paths.ts';
import { hearClock } from './clock.ts';
import { asProblem, RelayProblem, Unreachable } from './problem.ts';
import { renew } from './renew.ts';

const ENDPOINTS = {
  createSession: 'post /sessions',
  listSessions: 'get /sessions',
  getSession: 'get /sessions/:id',
  readLog: 'get /sessions/:id/log',
  sendMessage: 'post /sessions/:id/inbox',
  stopSession: 'post /sessions/:id/stop',
  describeSession: 'post /sessions/:id/describe',
  deleteSession: 'delete /sessions/:id',
  listTriggers: 'get /triggers',
  getTrigger: 'get /triggers/:id',
  respondToTrigger: 'post /triggers/:id/respond',
  escalateTrigger: 'post /triggers/:id/escalate',
  orderRunner: 'post /runners/:id/orders',
  removeRunner: 'delete /runners/:id',
  snoozeTrigger: 'post /triggers/:id/snooze',
  createKey: 'post /keys',
  listKeys: 'get /keys',
  revokeKey: 'delete /keys/:id',
  rotateKey: 'post /keys/:id/rotate',
  signInWays: 'get /auth/ways',
  setUp: 'post /auth/setup',
  listAudit: 'get /audit',
  signIn: 'post /auth/sign-in',
  beginOidc: 'post /auth/oidc/begin',
  finishOidc: 'post /auth/oidc',
  signOut: 'post /auth/sign-out',
  createSignInCode: 'post /auth/codes',
  setPassword: 'post /auth/password',
  listPasskeys: 'get /auth/passkeys',
  beginPasskey: 'post /auth/passkeys/begin',
  addPasskey: 'post /auth/passkeys',
  removePasskey: 'delete /auth/passkeys/:id',
  beginPasskeySignIn: 'post /auth/passkeys/sign-in/begin',
  signInWithPasskey: 'post /auth/passkeys/sign-in',
  listDevices: 'get /auth/devices',
  renameDevice: 'post /auth/devices/:id',
  signOutDevice: 'delete /auth/devices/:id',
  signOutDevices: 'post /auth/sign-out/devices',
  listPeople: 'get /people',
  createPerson: 'post /people',
  changePerson: 'post /people/:id',
  invitePerson: 'post /people/:id/invitation',
  createShare: 'post /sessions/:id/shares',
  listShares: 'get /sessions/:id/shares',
  revokeShare: 'delete /shares/:id',
  getShare: 'get /share',
  getSessionTree: 'get /sessions/:id/tree',
  whoAmI: 'get /auth/me',
  getNotifications: 'get /notifications',
  setNotifications: 'post /notifications/preferences',
  addDevice: 'post /notifications/devices',
  changeDevice: 'post /notifications/devices/:id',
  removeDevice: 'delete /notifications/devices/:id',
  setTopic: 'post /notifications/topic',
  removeTopic: 'delete /notifications/topic',
  testNotification: 'post /notifications/test',
} as const satisfies { readonly [K in keyof Api]?: `${Api[K]['method']} ${Api[K]['path']}` };

/** Refused because of what was typed, not because of the cookie. */
const ENTRANCES: ReadonlySet<string> = new Set([
  'signIn',
  'setUp',
  'beginOidc',
  'finishOidc',
  'signInWithPasskey',
  'beginPasskeySignIn',
  'signInWays',
]);

type Endpoint = keyof typeof ENDPOINTS;
export type Request<K extends Endpoint> = EndpointRequest<Api[K]>;
export type Response<K extends Endpoint> = EndpointResponse<Api[K]>;

const TIMEOUT_MS = 20_000;

/** Sends one request. Rejects with RelayProblem when the relay refuses, Unreachable when there is no answer. */
export type Ask = <K extends Endpoint>(name: K, input: Request<K>) => Promise<Response<K>>;

/** As whoever is signed in here. */
export const request: Ask = (name, input) => exchange({ name, input, bearer: undefined });

/** As the holder of a share link, whoever may be signed in here. */
export function requestAs(secret: string): Ask {
  return (name, input) => exchange({ name, input, bearer: secret });
}

interface Exchange<K extends Endpoint> {
  readonly name: K;
  readonly input: Request<K>;
  /** Instead of the cookie. */
  readonly bearer: string | undefined;
}

async function exchange<K extends Endpoint>({ name, input, bearer }: Exchange<K>): Promise<Response<K>> {
  const [method = '', path = ''] = ENDPOINTS[name].split(' ');
  const { params, query, body } = input as {
    params?: Record<string, string>;
    query?: Record<string, unknown>;
    body?: unknown;
  };
  const filled = path.replaceAll(/:(\w+)/g, (_, key: string) => encodeURIComponent(params?.[key] ?? ''));
  const attempt = () =>
    send(`${relayAt.api}${filled}${queryText(query)}`, {
      method: method.toUpperCase(),
      headers: {
        accept: 'application/json',
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(bearer !== undefined && { credentials: 'omit' as const }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  let response = await attempt();
  // What was refused for an old cookie was not done.
  const byCookie = bearer === undefined && !ENTRANCES.has(name);
  if (response.status === 401 && byCookie && (await renew())) response = await attempt();
  const value = await json(response);
  if (response.ok) return value as Response<K>;
  const problem = asProblem((value as { error?: unknown } | undefined)?.error);
  if (problem === undefined) throw new Unreachable({ cause: new Error(`status ${response.status}`) });
  throw new RelayProblem(problem);
}

async function send(url: string, init: RequestInit): Promise<globalThis.Response> {
  try {
    const response = await fetch(url, init);
    hearClock(response.headers.get('date'));
    return response;
  } catch (cause) {
    throw new Unreachable({ cause });
  }
}

async function json(response: globalThis.Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    if (response.ok) throw new Unreachable({ cause });
    return undefined; // A proxy's own error page.
  }
}

function queryText(query: Record<string, unknown> | undefined): string {
  const parts = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  return parts.length === 0
    ? ''
    : `?${new URLSearchParams(parts.map(([key, value]) => [key, String(value)])).toString()}`;
}
