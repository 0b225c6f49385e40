/**
 * The one table of who may do what: action → principals, scope, relation, state. Every HTTP endpoint, every client event
 * and every decision of a session is a row; an endpoint, event or fact without one does not compile. `decide.ts` beside it
 * is what judges by it, for HTTP, sockets and decisions alike.
 */
import type { Api, FactKind, RunnerToRelay, Scope, ViewerToRelay } from '@treeline/shared';
import type { Row, Rows } from './row.ts';

/** For people by their role and keys by their grant. */
function may<S extends Scope>(scope: S) {
  return { to: ['person', 'key'], scope, relation: 'namespace' } as const satisfies Row;
}

/** As `may('read')`, also for share links, which reach what they show. */
const shown = { to: ['person', 'key', 'share'], scope: 'read', relation: 'namespace' } as const satisfies Row;
/** About the caller alone. */
const oneself = { to: ['person', 'key'], relation: 'self' } as const satisfies Row;
/** How the caller is told, which says outside what may be read here. */
const told = { to: ['person', 'key'], scope: 'read', relation: 'self' } as const satisfies Row;
/** Where the caller, or whoever made the key, is signed in. A key that may not even make keys does not reach it. */
const ownDevices = { to: ['person', 'key'], scope: 'keys', relation: 'self' } as const satisfies Row;
/** A signed-in person about themselves. A key is no sign-in, and must not become one. */
const aPerson = { to: ['person'], relation: 'self' } as const satisfies Row;
const anyone = {
  to: ['anonymous', 'person', 'key', 'runner', 'share', 'join'],
  relation: 'none',
} as const satisfies Row;

/** Endpoints below /api/v1. */
export const HTTP_ACTIONS = {
  createSession: may('start'),
  listSessions: may('read'),
  getSession: shown,
  getSessionTree: shown,
  readLog: shown,
  sendMessage: may('start'),
  stopSession: may('manage'),
  describeSession: may('manage'),
  deleteSession: { ...may('manage'), state: 'ended' },
  listTriggers: may('read'),
  getTrigger: may('read'),
  respondToTrigger: { ...may('answer'), state: 'open' },
  escalateTrigger: { ...may('answer'), state: 'open' },
  snoozeTrigger: { ...may('answer'), state: 'open' },
  listRunners: may('read'),
  getRunner: may('read'),
  orderRunner: may('manage'),
  removeRunner: may('runners'),
  joinRunner: { to: ['join'], relation: 'none' },
  createKey: may('keys'),
  listKeys: may('keys'),
  revokeKey: may('keys'),
  getNotifications: told,
  setNotifications: told,
  addDevice: told,
  changeDevice: told,
  removeDevice: told,
  setTopic: told,
  removeTopic: told,
  testNotification: told,
  seeNotification: anyone,
  createBackup: may('relay'),
  rotateKey: may('keys'),
  rotateSigningKeys: may('relay'),
  signInWays: anyone,
  setUp: anyone,
  listAudit: may('relay'),
  signIn: anyone,
  /** The cookie that it trades is its credential. */
  refresh: anyone,
  signOut: oneself,
  createSignInCode: oneself,
  setPassword: aPerson,
  listPasskeys: aPerson,
  beginPasskey: aPerson,
  addPasskey: aPerson,
  removePasskey: aPerson,
  beginOidc: anyone,
  finishOidc: anyone,
  beginPasskeySignIn: anyone,
  signInWithPasskey: anyone,
  listDevices: ownDevices,
  renameDevice: aPerson,
  signOutDevice: ownDevices,
  signOutDevices: ownDevices,
  listPeople: may('people'),
  createPerson: may('people'),
  changePerson: may('people'),
  invitePerson: may('people'),
  createShare: may('manage'),
  listShares: may('manage'),
  listAllShares: may('manage'),
  revokeShare: may('manage'),
  getShare: { to: ['share'], relation: 'self' },
  whoAmI: { to: ['person', 'key', 'share'], relation: 'self' },
} as const satisfies Rows<keyof Api>;

/** What lies beside the API. */
export const PLAIN_ACTIONS = {
  healthz: anyone,
  readyz: anyone,
  openapi: anyone,
  daemon: may('read'),
  /** The built viewer: code only, no data. */
  viewer: anyone,
} as const satisfies Rows<string>;

/** A runner about itself, and about a session that is placed on it. */
const itself = { to: ['runner'], relation: 'self' } as const satisfies Row;
const ofItsSession = { to: ['runner'], relation: 'own', refusal: 'not_yours' } as const satisfies Row;

/** Events of namespace /runner. */
export const RUNNER_ACTIONS = {
  hello: itself,
  /** Of what no record says whose it is; which may be claimed is decided there (domain/adoption.ts). */
  claim: itself,
  log: ofItsSession,
  delta: ofItsSession,
  heartbeat: itself,
  renew_key: itself,
  list_children: ofItsSession,
  list_runners: ofItsSession,
  bye: itself,
} as const satisfies Rows<keyof typeof RunnerToRelay>;

/** Events of namespace /viewer. */
export const VIEWER_ACTIONS = {
  overview: shown,
  attach: shown,
  detach: shown,
  trigger_response: { ...may('answer'), state: 'open' },
} as const satisfies Rows<keyof typeof ViewerToRelay>;

/** A session about itself. */
const own = { to: ['session'], relation: 'self' } as const satisfies Row;

/** What a session decides, as facts of its own log: the relation is that of the fact's subject to the session. */
export const SESSION_ACTIONS = {
  state: own,
  consumed: own,
  usage: own,
  ask: { ...own, state: 'live', refusal: 'session_ended' },
  /** Of a trigger that is not its own, nothing happens. */
  withdraw: own,
  answer: { to: ['session'], relation: 'addressee', state: 'open', refusal: 'not_addressed' },
  escalate: { to: ['session'], relation: 'addressee', state: 'open', refusal: 'not_addressed' },
  tell: { to: ['session'], relation: 'child', refusal: 'not_a_child' },
  spawn: { ...own, state: 'live', refusal: 'parent_ended' },
  end: own,
} as const satisfies Rows<FactKind>;
