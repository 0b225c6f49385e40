/** One runner's open link, from its welcome to its end: which sessions it holds, and what is pushed to it. */
import type {
  Assignment,
  InboxEntry,
  Payload,
  PayloadIn,
  RelayToRunner,
  Reply,
  RunnerAnswer,
  RunnerOrder,
  RunnerToRelay,
  SessionClaim,
  SessionId,
  SpoolVerdict,
} from '@treeline/shared';
import { TreelineError } from '@treeline/shared';
import { setMaxListeners } from 'node:events';
import type { Socket } from 'socket.io';
import type { Call } from '../domain/audit.ts';
import type { Link, Services } from '../services/services.ts';
import { ask } from './ask.ts';
import { AssignPump } from './assign-pump.ts';
import { InboxPump } from './inbox-pump.ts';
import { LogQueue } from './log-queue.ts';

type Hello = Payload<(typeof RunnerToRelay)['hello']>;
type Welcome = Reply<(typeof RunnerToRelay)['hello']>;
export type Goodbye = PayloadIn<(typeof RelayToRunner)['goodbye']>;

export interface RunnerLinkOptions {
  readonly socket: Socket;
  readonly link: Link;
  readonly services: Services;
  readonly isWatched: (session: SessionId) => boolean;
  /** Sessions that the welcome called lost. */
  readonly lost: readonly SessionId[];
  readonly onError: (error: unknown) => void;
}

export class RunnerLink {
  readonly link: Link;
  readonly logs: LogQueue;
  readonly #options: RunnerLinkOptions;
  readonly #ended = new AbortController();
  readonly #assignments: AssignPump;
  /** Sessions that are on the runner's disk, as far as this link has heard. */
  readonly #inboxes = new Map<SessionId, InboxPump>();
  /** What the runner may claim. */
  readonly #lost: ReadonlySet<SessionId>;

  constructor(options: RunnerLinkOptions) {
    const { socket, link, services, onError } = options;
    this.link = link;
    this.#options = options;
    this.#lost = new Set(options.lost);
    // Every inbox of the link listens for its end.
    setMaxListeners(0, this.#ended.signal);
    this.logs = new LogQueue((frames) => services.logs.intake(link, frames));
    this.#assignments = new AssignPump({
      open: () => services.runners.assignments(link),
      push: (sessions) => ask(socket, 'assign', { sessions }),
      accepted: (assignment) => this.#accepted(assignment),
      refused: (refusal) => services.runners.refused(link, refusal),
      signal: this.#ended.signal,
      onError,
    });
  }

  /** Begins to push, once the welcome is on its way. */
  start(hello: Hello, welcome: Welcome): void {
    const not = (verdict: SpoolVerdict['verdict']) => verdict === 'not_yours' || verdict === 'lost';
    const refused = new Set(welcome.sessions.filter(({ verdict }) => not(verdict)).map(({ id }) => id));
    for (const { id, inboxPosition } of hello.sessions) if (!refused.has(id)) this.#serve(id, inboxPosition);
    this.#assignments.wake();
  }

  /** Takes in sessions that the welcome called lost, and serves them like the others. Throws bad_request for any other. */
  async claim(claims: readonly SessionClaim[], call: Call): Promise<SpoolVerdict[]> {
    const stranger = claims.find(({ id }) => !this.#lost.has(id));
    if (stranger !== undefined)
      throw new TreelineError('bad_request', `This link's welcome did not call ${stranger.id} lost`);
    const verdicts = await this.#options.services.claims.claim(this.link, claims, call);
    for (const { id, verdict } of verdicts) {
      const claim = claims.find((one) => one.id === id);
      if (claim !== undefined && verdict !== 'not_yours') this.#serve(id, claim.inboxPosition);
    }
    return verdicts;
  }

  holds(session: SessionId): boolean {
    return this.#inboxes.has(session);
  }

  assigned(session: SessionId): void {
    this.#assignments.wake(session);
  }

  /** New items; without them, there are some. */
  inbox(session: SessionId, entries: readonly InboxEntry[] | undefined): void {
    const pump = this.#inboxes.get(session);
    if (entries === undefined) pump?.wake();
    else pump?.offer(entries);
  }

  /** Rejects with the runner's own refusal. */
  async order(order: RunnerOrder): Promise<RunnerAnswer> {
    return (await ask(this.#options.socket, 'order', { order })).answer;
  }

  /** Looks at the store for what no hint has told: a relay may die between a commit and its hints. */
  lookAgain(): void {
    this.#assignments.wake();
    for (const pump of this.#inboxes.values()) pump.wake();
  }

  /** Tells the runner whether anybody watches a session of its. */
  watch(session: SessionId, on: boolean): void {
    if (this.holds(session))
      this.#options.socket.emit('watch', { session, on } satisfies PayloadIn<(typeof RelayToRunner)['watch']>);
  }

  /** Says why and closes. */
  dismiss(reason: Goodbye): void {
    this.#options.socket.emit('goodbye', reason);
    this.#options.socket.disconnect(true);
  }

  end(): void {
    this.#ended.abort();
  }

  #accepted({ id, inboxAfter }: Assignment): void {
    this.#serve(id, inboxAfter);
  }

  #serve(session: SessionId, from: number): void {
    let pump = this.#inboxes.get(session);
    if (pump === undefined) {
      const { socket, link, services, onError } = this.#options;
      pump = new InboxPump({
        session,
        from,
        read: (after) => services.inboxes.read(link, session, after),
        push: async (event, entries) => (await ask(socket, event, { session, entries })).position,
        delivered: (entries) => services.inboxes.delivered(link, session, entries),
        signal: this.#ended.signal,
        gone: () => void this.#inboxes.delete(session),
        onError,
      });
      this.#inboxes.set(session, pump);
    }
    pump.wake();
    if (this.#options.isWatched(session)) this.watch(session, true);
  }
}
