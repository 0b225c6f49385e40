/**
 * The one table of who may do what: action → kinds of principal. Every HTTP endpoint and every client event is a row; an
 * endpoint or event without one does not compile. What a principal may reach (its namespace, its sessions, its children)
 * is decided by the services, which answer `not_found` for what is not its own.
 */
import { TreelineError, type Api, type RunnerToRelay, type ViewerToRelay } from '@treeline/shared';
import type { Principal, PrincipalKind } from '../domain/principal.ts';

const people = ['person', 'key'] as const satisfies readonly PrincipalKind[];
const anyone = ['anonymous', 'person', 'key', 'runner', 'join'] as const satisfies readonly PrincipalKind[];

type Rows<Actions extends PropertyKey> = Readonly<Record<Actions, readonly PrincipalKind[]>>;

/** Endpoints below /api/v1. */
export const HTTP_ACTIONS = {
  createSession: people,
  listSessions: people,
  getSession: people,
  getSessionTree: people,
  readLog: people,
  sendMessage: people,
  stopSession: people,
  deleteSession: people,
  listTriggers: people,
  getTrigger: people,
  respondToTrigger: people,
  escalateTrigger: people,
  listRunners: people,
  joinRunner: ['join'],
  createKey: people,
  listKeys: people,
  revokeKey: people,
  createBackup: people,
  signIn: anyone,
  signOut: people,
  createSignInCode: people,
  whoAmI: people,
} as const satisfies Rows<keyof Api>;

/** What lies beside the API. */
export const PLAIN_ACTIONS = {
  healthz: anyone,
  readyz: anyone,
  openapi: anyone,
  daemon: people,
  /** The built viewer: code only, no data. */
  viewer: anyone,
} as const satisfies Rows<string>;

/** Events of namespace /runner. */
export const RUNNER_ACTIONS = {
  hello: ['runner'],
  log: ['runner'],
  delta: ['runner'],
  heartbeat: ['runner'],
  list_children: ['runner'],
  list_runners: ['runner'],
  bye: ['runner'],
} as const satisfies Rows<keyof typeof RunnerToRelay>;

/** Events of namespace /viewer. */
export const VIEWER_ACTIONS = {
  overview: people,
  attach: people,
  detach: people,
  trigger_response: people,
} as const satisfies Rows<keyof typeof ViewerToRelay>;

/** The principals of a row, as types: a handler gets no others. */
export type Allowed<Row extends readonly PrincipalKind[]> = Extract<Principal, { kind: Row[number] }>;

/** Throws unauthenticated for nobody, forbidden for the wrong kind of somebody. Undefined is anonymous. */
export function authorize<Row extends readonly PrincipalKind[]>(
  row: Row,
  principal: Principal | undefined,
  action: string,
): asserts principal is Allowed<Row> | ('anonymous' extends Row[number] ? undefined : never) {
  if (row.includes(principal?.kind ?? 'anonymous')) return;
  if (principal === undefined)
    throw new TreelineError('unauthenticated', `${action} needs a credential and none was sent`);
  throw new TreelineError('forbidden', `${action} is not for a ${WORDS[principal.kind]}`);
}

const WORDS: Readonly<Record<Principal['kind'], string>> = {
  person: 'signed-in person',
  key: 'user key',
  runner: 'runner key',
  session: 'session',
  join: 'join token',
};
