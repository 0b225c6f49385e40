/**
 * What the relay can do, as its edges (HTTP, sockets) call it. The edges authenticate, authorize by the table, parse, call
 * one of these and answer. Problems are TreelineErrors of the catalogue. Everything that resolves is durable.
 */
import type {
  Api,
  Assignment,
  ChildSummary,
  DeviceId,
  DeviceView,
  EndpointResponse,
  Frame,
  FrameAck,
  InboxEntry,
  NotificationsView,
  NotifyPreferences,
  Payload,
  Reply,
  RunnerAnswer,
  RunnerId,
  RunnerOrder,
  RunnerProfile,
  RunnerSummary,
  RunnerToRelay,
  RunnerView,
  SessionClaim,
  SessionId,
  SessionTree,
  SessionView,
  SpoolVerdict,
  StartSession,
  TriggerId,
  TriggerView,
  ViewerToRelay,
} from '@treeline/shared';
import type { z } from 'zod';
import type { Call } from '../domain/audit.ts';
import type { Principal } from '../domain/principal.ts';

type QueryOf<E extends { query: z.ZodType }> = z.output<E['query']>;
type BodyOf<E extends { body: z.ZodType }> = z.output<E['body']>;

export interface SessionService {
  /** `created` is false when the key was seen before. */
  create(by: Principal, input: StartSession): Promise<{ session: SessionView; created: boolean }>;
  list(by: Principal, query: QueryOf<Api['listSessions']>): Promise<EndpointResponse<Api['listSessions']>>;
  get(by: Principal, id: SessionId): Promise<SessionView>;
  tree(by: Principal, id: SessionId): Promise<SessionTree>;
  readLog(by: Principal, id: SessionId, query: QueryOf<Api['readLog']>): Promise<EndpointResponse<Api['readLog']>>;
  send(by: Principal, id: SessionId, body: BodyOf<Api['sendMessage']>): Promise<EndpointResponse<Api['sendMessage']>>;
  stop(by: Principal, id: SessionId, body: BodyOf<Api['stopSession']>): Promise<EndpointResponse<Api['stopSession']>>;
  describe(by: Principal, id: SessionId, body: BodyOf<Api['describeSession']>): Promise<SessionView>;
  remove(by: Principal, id: SessionId): Promise<void>;
  /** For a viewer that attaches. */
  snapshot(
    by: Principal,
    query: Payload<(typeof ViewerToRelay)['attach']>,
  ): Promise<Reply<(typeof ViewerToRelay)['attach']>>;
  /** Sessions that are live, newest first, at most 500. */
  live(by: Principal): Promise<SessionView[]>;
}

export interface TriggerService {
  list(by: Principal, query: QueryOf<Api['listTriggers']>): Promise<EndpointResponse<Api['listTriggers']>>;
  get(by: Principal, id: TriggerId): Promise<TriggerView>;
  respond(by: Principal, id: TriggerId, body: BodyOf<Api['respondToTrigger']>): Promise<TriggerView>;
  escalate(by: Principal, id: TriggerId, body: BodyOf<Api['escalateTrigger']>): Promise<TriggerView>;
  snooze(by: Principal, id: TriggerId, body: BodyOf<Api['snoozeTrigger']>): Promise<TriggerView>;
  open(by: Principal): Promise<TriggerView[]>;
}

/** A runner's open link. */
export interface Link {
  readonly ns: string;
  readonly runnerId: RunnerId;
  readonly fence: number;
}

export interface RunnerService {
  list(by: Principal): Promise<RunnerView[]>;
  get(by: Principal, id: RunnerId): Promise<RunnerView>;
  /** Passes on what a person asks of it. Throws no_runner when it is offline or silent, and the runner's own refusal. */
  order(by: Principal, id: RunnerId, order: RunnerOrder): Promise<RunnerAnswer>;
  /** Takes it off the list; resolves with its live sessions, which are lost. Throws not_found. */
  remove(by: Principal, id: RunnerId): Promise<SessionId[]>;
  /** Makes or refreshes the record when a runner joins. */
  join(ns: string, profile: RunnerProfile): Promise<RunnerView>;
  /** Raises the fence, sets presence, answers each spool. Throws protocol_version, superseded, forbidden. */
  hello(
    by: Principal & { kind: 'runner' },
    payload: Payload<(typeof RunnerToRelay)['hello']>,
  ): Promise<Reply<(typeof RunnerToRelay)['hello']>>;
  heartbeat(link: Link, payload: Payload<(typeof RunnerToRelay)['heartbeat']>): Promise<void>;
  /** The socket closed. On purpose: offline at once; else after a short grace. */
  disconnected(link: Link, onPurpose: boolean): Promise<void>;
  /** Sessions that this runner is to have and has no worker for: queued, or with unread inbox while asleep. */
  assignments(link: Link): Promise<Assignment[]>;
  /** The runner refused an assignment: the session ends with reason config. */
  refused(link: Link, refusal: { id: SessionId; code: string; message: string }): Promise<void>;
  listForSession(link: Link, session: SessionId): Promise<RunnerSummary[]>;
  childrenOf(link: Link, session: SessionId): Promise<ChildSummary[]>;
}

export interface LogService {
  /** Appends frames of a link's sessions, in order per session; facts are applied in the commit that appends them. */
  intake(link: Link, frames: readonly Frame[]): Promise<FrameAck[]>;
}

export interface ClaimService {
  /**
   * Takes in sessions that a runner has and the store lost. Each is answered like a spool of its hello: `not_yours` for one
   * that is another's, or that this store did not lose.
   */
  claim(link: Link, claims: readonly SessionClaim[], call: Call): Promise<SpoolVerdict[]>;
}

export interface InboxService {
  /** Items after a position, oldest first. Throws not_yours unless the session is on this link's runner. */
  read(link: Link, session: SessionId, after: number): Promise<InboxEntry[]>;
  /** Items up to here are on the runner's disk: triggers among them are delivered, answers among them on the runner. */
  delivered(link: Link, session: SessionId, entries: readonly InboxEntry[]): Promise<void>;
}

/** Each person's own: by their name, in their namespace. */
export interface NotificationService {
  get(by: Principal): Promise<NotificationsView>;
  /** Throws bad_request for a time zone that is not known. */
  setPreferences(by: Principal, preferences: NotifyPreferences): Promise<NotificationsView>;
  /** Throws bad_request for an address that may not be sent to, conflict for too many devices. */
  addDevice(by: Principal, body: BodyOf<Api['addDevice']>): Promise<EndpointResponse<Api['addDevice']>>;
  changeDevice(by: Principal, id: DeviceId, body: BodyOf<Api['changeDevice']>): Promise<DeviceView>;
  removeDevice(by: Principal, id: DeviceId): Promise<void>;
  setTopic(by: Principal, body: BodyOf<Api['setTopic']>): Promise<NotificationsView>;
  removeTopic(by: Principal): Promise<NotificationsView>;
  /** Sends at once, past the outbox. */
  test(by: Principal, body: BodyOf<Api['testNotification']>): Promise<EndpointResponse<Api['testNotification']>>;
  /** A push arrived at a device. Does nothing for a receipt that proves nothing. */
  seen(body: BodyOf<Api['seeNotification']>): Promise<void>;
}

export interface ViewService {
  session(ns: string, id: SessionId): Promise<SessionView | undefined>;
  trigger(ns: string, id: TriggerId): Promise<TriggerView | undefined>;
  runner(ns: string, id: RunnerId): Promise<RunnerView | undefined>;
}

export interface Services {
  readonly sessions: SessionService;
  readonly triggers: TriggerService;
  readonly runners: RunnerService;
  readonly claims: ClaimService;
  readonly logs: LogService;
  readonly inboxes: InboxService;
  readonly notifications: NotificationService;
  readonly views: ViewService;
}
