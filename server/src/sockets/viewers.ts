/** Namespace /viewer: people's browsers and whoever else attaches to sessions. */
import {
  ViewerToRelay,
  type Handlers,
  type Payload,
  type Reply,
  type SessionId,
  type SessionTree,
  type SessionView,
} from '@treeline/shared';
import type { Logger } from 'pino';
import type { Namespace, Socket } from 'socket.io';
import { VIEWER_ACTIONS } from '../domain/authorization/table.ts';
import type { Principal } from '../domain/principal.ts';
import type { InFlight } from '../in-flight.ts';
import type { Hint, Hints } from '../ports/hints.ts';
import type { Rates } from '../edge/rates.ts';
import type { Audit } from '../services/audit/audit.ts';
import type { Services } from '../services/services.ts';
import { relieved } from './back-pressure.ts';
import { addressOf, principalOf } from './handshake.ts';
import { overviewRoom, shownRoom } from './room-names.ts';
import { levelOf, serve } from './serve.ts';
import { SessionRooms } from './session-rooms.ts';
import { boundSnapshot } from './snapshot-bound.ts';
import { ViewFeed } from './view-feed.ts';

export interface ViewerNamespaceOptions {
  readonly namespace: Namespace;
  readonly services: Services;
  readonly hints: Hints;
  readonly inFlight: InFlight;
  readonly audit: Audit;
  readonly rates: Rates;
  readonly log: Logger;
  readonly onWatch: (ns: string, session: SessionId, on: boolean) => void;
}

interface Connection {
  readonly socket: Socket;
  readonly by: Principal;
  /** The attach before; one for all events of the socket. */
  readonly turns: { last: Promise<unknown> };
}

type Attach = Payload<(typeof ViewerToRelay)['attach']>;

export class ViewerNamespace {
  readonly #options: ViewerNamespaceOptions;
  readonly #feed: ViewFeed;
  readonly #ended = new AbortController();
  readonly rooms: SessionRooms;
  /** Share links that are open now. */
  #links = 0;

  constructor(options: ViewerNamespaceOptions) {
    const { namespace, services, log, onWatch } = options;
    this.#options = options;
    this.rooms = new SessionRooms({ namespace, onWatch });
    this.#feed = new ViewFeed({
      namespace,
      views: services.views,
      signal: this.#ended.signal,
      hasLinks: () => this.#links > 0,
      onError: (error) =>
        log.warn({ err: error }, 'a view could not be loaded; viewers will see it with its next change'),
    });
    namespace.on('connection', (socket: Socket) => this.#connected(socket));
  }

  hint(hint: Hint): void {
    this.rooms.hint(hint);
    this.#feed.hint(hint);
  }

  stop(): void {
    this.#ended.abort();
    this.rooms.stop();
  }

  #connected(socket: Socket): void {
    const { inFlight, audit, rates, log } = this.#options;
    const by = principalOf(socket);
    const turns = { last: Promise.resolve() };
    serve(socket, {
      events: ViewerToRelay,
      rows: VIEWER_ACTIONS,
      handlers: this.#handlers,
      context: (call) => ({ socket, by: { ...by, call }, turns }),
      principal: by,
      inFlight,
      audit,
      rates,
      address: addressOf(socket),
      report: (error, event) => log[levelOf(error)]({ err: error.cause ?? error, event }, error.message),
    });
    if (by.kind === 'share') this.#links++;
    socket.on('disconnect', () => {
      if (by.kind === 'share') this.#links--;
      this.rooms.gone(socket);
    });
  }

  readonly #handlers: Handlers<typeof ViewerToRelay, Connection> = {
    overview: async ({ socket, by }) => {
      if (by.kind === 'share') return this.#shown(socket, by);
      const { sessions, triggers, runners } = this.#options.services;
      const { value, seen } = await this.#watching(by.ns, async () => {
        const [live, open, all] = await Promise.all([sessions.live(by), triggers.open(by), runners.list(by)]);
        return { sessions: live, triggers: open, runners: all };
      });
      void socket.join(overviewRoom(by.ns));
      this.#tellAfterReply(seen);
      return value;
    },
    attach: (connection, query) => this.#attach(connection, query),
    detach: ({ socket, by }, { session }) => {
      this.rooms.detach(socket, by.ns, session);
      return {};
    },
    trigger_response: async ({ by }, { triggerId, ...answer }) => ({
      trigger: await this.#options.services.triggers.respond(by, triggerId, answer),
    }),
  };

  /** One at a time per socket, and only when it has taken the one before: a slow link is not sent all at once. */
  #attach(connection: Connection, query: Attach): Promise<Reply<(typeof ViewerToRelay)['attach']>> {
    const turn = connection.turns.last
      .then(() => relieved(connection.socket))
      .then(() => this.#snapshot(connection, query));
    connection.turns.last = turn.catch(() => undefined);
    return turn;
  }

  async #snapshot({ socket, by }: Connection, query: Attach) {
    const { services, hints } = this.#options;
    const { sessions } = services;
    // A link that does not reach the session must hear nothing of it in the meantime either.
    if (by.kind === 'share') await sessions.get(by, query.session);
    const attaching = this.rooms.attach(socket, {
      ns: by.ns,
      session: query.session,
      withTriggers: by.kind !== 'share',
    });
    try {
      // Before the snapshot is read: what is stored after that must be heard.
      await hints.follow(by.ns, query.session);
      const { value, seen } = await this.#watching(by.ns, () => sessions.snapshot(by, query));
      if (!socket.connected) {
        attaching.abandon();
        return value;
      }
      this.#tellAfterReply(seen.filter((hint) => hint.type !== 'session' || hint.id === query.session));
      const { snapshot, isWhole } = boundSnapshot(value, query.after !== undefined);
      const live = isWhole ? attaching.complete(snapshot.cursor) : attaching.incomplete();
      if (live === undefined) {
        setImmediate(() => socket.emit('resync', { session: query.session }));
        return snapshot;
      }
      return { ...snapshot, frames: [...snapshot.frames, ...live.frames], cursor: live.cursor };
    } catch (error) {
      attaching.abandon();
      throw error;
    }
  }

  /** What a link shows, and from then on its changes. */
  async #shown(socket: Socket, by: Principal & { kind: 'share' }) {
    const { value, seen } = await this.#watching(by.ns, () => this.#options.services.sessions.tree(by, by.sessionId));
    void socket.join(shownRoom(by.ns, by.sessionId, by.tree ? 'tree' : 'one'));
    this.#tellAfterReply(seen.filter(({ type }) => type === 'session'));
    return { sessions: flatten(value), triggers: [], runners: [] };
  }

  /** Reads, and keeps the hints that came meanwhile: what they are about may be older in what was read. */
  async #watching<T>(ns: string, read: () => Promise<T>): Promise<{ value: T; seen: Hint[] }> {
    const seen: Hint[] = [];
    const stop = this.#options.hints.listen((hint) => {
      if (hint.ns === ns && (hint.type === 'session' || hint.type === 'trigger' || hint.type === 'runner'))
        seen.push(hint);
    });
    try {
      return { value: await read(), seen };
    } finally {
      stop();
    }
  }

  /** A reply is sent when its handler's promise has settled, well before the next turn of the event loop. */
  #tellAfterReply(hints: readonly Hint[]): void {
    if (hints.length > 0) setImmediate(() => hints.forEach((hint) => this.#feed.hint(hint)));
  }
}

function flatten({ session, children }: SessionTree): SessionView[] {
  return [session, ...children.flatMap(flatten)];
}
